/**
 * Global set-up of the vitest project `api`: etcd, kube-apiserver and kube-controller-manager on loopback, for one run.
 * Tests find it by `inject('apiServer')` and keep apart by names and namespaces of their own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { createApiClient } from '../cluster/api-client.ts';
import { auditPolicy } from '../cluster/audit-policy.ts';
import { writeControlPlaneFiles } from '../cluster/control-plane-files.ts';
import { apiServerArgv, apiServerUrl, controllerManagerArgv, etcdArgv } from '../cluster/control-plane.ts';
import type { Argv, ControlPlane } from '../cluster/control-plane.ts';
import { readCredentials } from '../cluster/kubeconfig.ts';
import { readFolders } from '../folders.ts';
import { freePorts } from '../host/free-ports.ts';
import { expectRunning, startProcess } from '../host/started-process.ts';
import type { StartedProcess } from '../host/started-process.ts';
import { waitFor } from '../host/waiting.ts';
import { createPhases } from '../phases.ts';
import { ensureToolchain } from '../toolchain/ensure-toolchain.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';

/** A kube-apiserver with its controllers, without nodes: objects are stored, garbage collected and rolled, pods stay pending. */
export interface ApiServer {
  /** A kubeconfig with admin rights. */
  readonly kubeconfigPath: string;
  /** `https://ADDRESS:PORT` */
  readonly server: string;
  /** One JSON line (audit.k8s.io/v1 Event, level Metadata) for each finished request of anybody. */
  readonly auditLogPath: string;
  /** A folder with everything else: logs, keys. Removed after the run. */
  readonly folder: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly apiServer: ApiServer;
  }
}

const readyDeadlineMs = 60_000;

/** Starts the API server, provides it as `apiServer`, and returns what ends it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'api-server-'));
  const running: StartedProcess[] = [];
  const stop = async () => {
    await Promise.all(running.map((started) => started.kill()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    project.provide('apiServer', await start(folder, running));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** Starts the programs, adding each to `running` at once, so that `stop` ends it whatever happens next. */
async function start(folder: string, running: StartedProcess[]): Promise<ApiServer> {
  const plane = await layOut(folder);
  const launch = async (name: string, argv: Argv) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder };
    running.push(await startProcess({ name, argv, env, logPath: join(folder, `${name}.log`), lives: 'with-parent' }));
  };
  const { server, client } = { server: apiServerUrl(plane), client: plane.files.kubeletClient };
  const api = createApiClient(await readCredentials({ server, authority: plane.files.authority.certificate, client }));
  const wait = (what: string, look: () => Promise<boolean>) =>
    waitFor(
      async () => {
        await Promise.all(running.map(expectRunning));
        return look();
      },
      { deadlineMs: readyDeadlineMs, everyMs: 50 },
      () => what,
    );
  try {
    await launch('etcd', etcdArgv(plane));
    await launch('kube-apiserver', apiServerArgv(plane));
    await wait('kube-apiserver is ready', () => api.isReady());
    await launch('kube-controller-manager', controllerManagerArgv(plane));
    // Pods need the service account that a controller makes: with it the controllers are known to work.
    await wait('kube-controller-manager works', async () => (await api.get(defaultServiceAccount)).status === 200);
  } finally {
    api.close();
  }
  return { kubeconfigPath: plane.files.adminKubeconfig, server, auditLogPath: plane.files.auditLog, folder };
}

const defaultServiceAccount = '/api/v1/namespaces/default/serviceaccounts/default';

async function layOut(folder: string): Promise<ControlPlane> {
  const programs = await findToolchain();
  // Tests run kubectl as people do: by name, whatever the machine has besides.
  process.env['PATH'] = [dirname(programs.kubectl), process.env['PATH']].join(delimiter);
  const [apiServer = 0, etcdClients = 0, etcdPeers = 0] = await freePorts(3);
  const place = { address: '127.0.0.1', ports: { apiServer, etcdClients, etcdPeers } };
  const server = apiServerUrl(place);
  const policy = auditPolicy();
  const files = await writeControlPlaneFiles({
    folder,
    name: 'api',
    server,
    address: place.address,
    auditPolicy: policy,
  });
  return { programs, ...place, files };
}

function findToolchain(): Promise<Toolchain> {
  const phases = createPhases(console.log, () => performance.now());
  return ensureToolchain({
    folders: readFolders(process.env),
    env: process.env,
    use: 'processes',
    phases,
    print: console.log,
  });
}
