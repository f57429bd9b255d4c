import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import type { Cluster, RunningStandIn } from '../../local/cluster/cluster.ts';
import { killPod } from './pod-processes.ts';

/**
 * What a test may do to the machine room under the system. The cluster belongs to the process that started it; tests run
 * in another one and ask it over loopback.
 */
export interface Control {
  killStandIn(name: string): Promise<void>;
  startStandIn(name: string): Promise<void>;
  pauseStandIn(name: string): Promise<void>;
  resumeStandIn(name: string): Promise<void>;
  /** SIGKILL to all processes of the pod with this uid; rejects where there is none. */
  killPod(uid: string): Promise<void>;
  killNode(name: string): Promise<void>;
  startNode(name: string): Promise<void>;
  loadImage(archivePath: string): Promise<void>;
}

function controlOf(cluster: Cluster, standIns: readonly RunningStandIn[]): Control {
  const named = (name: string): RunningStandIn => {
    const found = standIns.find((standIn) => standIn.name === name);
    if (found === undefined) throw new Error(`no stand-in named ${name}`);
    return found;
  };
  return {
    killStandIn: async (name) => named(name).kill(),
    startStandIn: async (name) => named(name).start(),
    pauseStandIn: async (name) => named(name).pause(),
    resumeStandIn: async (name) => named(name).resume(),
    killPod: (uid) => killPod(cluster.name, uid),
    killNode: (name) => cluster.killNode(name),
    startNode: (name) => cluster.startNode(name),
    loadImage: (archivePath) => cluster.loadImage(archivePath),
  };
}

const verbs = [
  'killStandIn',
  'startStandIn',
  'pauseStandIn',
  'resumeStandIn',
  'killPod',
  'killNode',
  'startNode',
  'loadImage',
] as const;
type Verb = (typeof verbs)[number];
const isVerb = (text: string): text is Verb => verbs.some((verb) => verb === text);

/** Serves `Control` on a free port of loopback: POST /VERB?name=NAME, 204 when done, 500 with the error's text when not. */
export async function serveControl(
  cluster: Cluster,
  standIns: readonly RunningStandIn[],
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const control = controlOf(cluster, standIns);
  const server: Server = createServer((incoming, response) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://loopback');
    const verb = pathname.slice(1);
    const work = isVerb(verb)
      ? control[verb](searchParams.get('name') ?? '')
      : Promise.reject(new Error(`no verb ${verb}`));
    work.then(
      () => response.writeHead(204).end(),
      (error: unknown) =>
        response.writeHead(500).end(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** The other end of `serveControl`. */
export function connectControl(url: string): Control {
  const ask = async (verb: Verb, name: string): Promise<void> => {
    const query = new URLSearchParams({ name }).toString();
    const response = await request(`${url}/${verb}?${query}`, { method: 'POST', headersTimeout: 180_000 });
    const text = await response.body.text();
    if (response.statusCode !== 204) throw new Error(`${verb} ${name}: ${text}`);
  };
  return {
    killStandIn: (name) => ask('killStandIn', name),
    startStandIn: (name) => ask('startStandIn', name),
    pauseStandIn: (name) => ask('pauseStandIn', name),
    resumeStandIn: (name) => ask('resumeStandIn', name),
    killPod: (uid) => ask('killPod', uid),
    killNode: (name) => ask('killNode', name),
    startNode: (name) => ask('startNode', name),
    loadImage: (archivePath) => ask('loadImage', archivePath),
  };
}
