import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '../../host/waiting.ts';
import { run } from '../../processes/run.ts';
import { clusterAddresses } from '../addresses.ts';
import { createOperations, type Operations } from '../operations.ts';
import type { Cluster, ClusterNode } from '../cluster.ts';
import {
  createNetwork,
  kindNames,
  kubectlInside,
  linesOf,
  listNetworks,
  listStandIns,
  parseAddresses,
  showAddresses,
  type CommandRunner,
  type KindNames,
} from './docker.ts';
import { startStandInContainer } from './stand-in-container.ts';

export interface KindClusterOptions {
  /** As for a bare cluster: small letters and digits. */
  readonly name: string;
  /** The cluster's network has the addresses 10.`subnetIndex`.0.0/24. */
  readonly subnetIndex: number;
  /** State folder of all clusters; this one keeps its files in a folder of its own name. */
  readonly stateFolder: string;
  /** Gets the logs of the nodes when `up` fails. */
  readonly logFolder: string;
  /** The kind program, from `ensureKind`. */
  readonly kind: string;
  /** The environment for docker and kind: it may say where the engine is (DOCKER_HOST, DOCKER_CONTEXT). */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly run?: CommandRunner;
}

/** A cluster of containers, each of them a node. */
export interface KindCluster extends Cluster {
  readonly provider: 'kind';
  /** A kubectl that fits the cluster, taken from its control plane's node by `up`. */
  readonly kubectlPath: string;
}

interface Kind {
  readonly names: KindNames;
  readonly options: KindClusterOptions;
  readonly folder: string;
  readonly kubeconfigPath: string;
  readonly kubectlPath: string;
  readonly run: CommandRunner;
}

const configPath = join(import.meta.dirname, 'cluster.yaml');
const READY_DEADLINE_MS = 120_000;

/** By name, since who takes a cluster down may hold another object for it than who brings it up, in the same process. */
const operationsOfClusters = new Map<string, Operations>();

/**
 * A cluster on the Docker engine with this name, whether it runs or not: nothing is done yet. It has a network of its own,
 * not the one that kind's clusters share, since only there an address can be asked for, and endpoints have to stay.
 */
export function createKindCluster(options: KindClusterOptions): KindCluster {
  const kind = describe(options);
  const { names } = kind;
  const plan = clusterAddresses(options.subnetIndex, names.workers.length);
  const operations = operationsOfClusters.get(options.name) ?? createOperations();
  operationsOfClusters.set(options.name, operations);
  const { during, afterAll } = operations;
  let addresses: ReadonlyMap<string, string> = new Map();
  return {
    provider: 'kind',
    name: options.name,
    kubeconfigPath: kind.kubeconfigPath,
    kubectlPath: kind.kubectlPath,
    nodes: names.workers.map((name) => nodeOf(name, () => addresses.get(name))),
    down: () => afterAll(() => remove(kind)),
    async up() {
      await afterAll(() => remove(kind));
      addresses = await during((signal) => create(kind, signal));
    },
    loadImage: (archivePath) =>
      during(async (signal) => {
        await runKind(kind, ['load', 'image-archive', archivePath, '--name', names.cluster], signal);
      }),
    startStandIn: (standIn) =>
      startStandInContainer(standIn, { names, address: plan.standIn(standIn.name), run: kind.run, during }),
    killNode: (name) =>
      during(async (signal) => {
        await kind.run(['docker', 'kill', knownNode(names, name)], { signal });
        await kind.run(['docker', 'wait', name], { signal });
      }),
    startNode: (name) => during((signal) => bootNode(kind, knownNode(names, name), addresses.get(name), signal)),
  };
}

function describe(options: KindClusterOptions): Kind {
  const { name, stateFolder, env, run: runCommand = run } = options;
  const folder = join(stateFolder, name);
  return {
    names: kindNames(name),
    options,
    folder,
    kubeconfigPath: join(folder, 'kubeconfig'),
    kubectlPath: join(folder, 'kubectl'),
    run: (argv, settings) => runCommand(argv, { ...settings, env: { ...env, ...settings?.env } }),
  };
}

/** A node whose address is only known once its container runs. */
function nodeOf(name: string, address: () => string | undefined): ClusterNode {
  return {
    name,
    get address() {
      const known = address();
      if (known === undefined) throw new Error(`the address of ${name} is not known before the cluster is up`);
      return known;
    },
  };
}

function knownNode({ workers }: KindNames, name: string): string {
  if (workers.some((worker) => worker === name)) return name;
  throw new Error(`no node '${name}'; there are ${workers.join(', ')}`);
}

async function runKind({ names, options, run }: Kind, args: readonly string[], signal?: AbortSignal): Promise<void> {
  const env = { KIND_EXPERIMENTAL_PROVIDER: 'docker', KIND_EXPERIMENTAL_DOCKER_NETWORK: names.cluster };
  await run([options.kind, ...args], { env, signal });
}

/** Network, nodes, kubectl; resolves to the addresses of the nodes once all are Ready. */
async function create(kind: Kind, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const { names, options, run, folder, kubeconfigPath, kubectlPath } = kind;
  await mkdir(folder, { recursive: true });
  await run(createNetwork(names, options.subnetIndex), { signal });
  const cluster = ['--name', names.cluster, '--kubeconfig', kubeconfigPath];
  try {
    // Retained, so that a node that does not come up can still say why.
    await runKind(
      kind,
      ['create', 'cluster', ...cluster, '--config', configPath, '--wait', '120s', '--retain'],
      signal,
    );
    // kind itself only waits for the node of the control plane.
    const ready = ['wait', '--for=condition=Ready', 'nodes', '--all', `--timeout=${READY_DEADLINE_MS / 1000}s`];
    await run(kubectlInside(names, ready), { signal });
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the cluster did not come up; ${await exportLogs(kind)}: ${reason}`, { cause: error });
  }
  await run(['docker', 'cp', '--follow-link', `${names.controlPlane}:/usr/bin/kubectl`, kubectlPath], { signal });
  return parseAddresses(await run(showAddresses(names, names.workers), { signal }));
}

/** Saves what the nodes logged, as far as they got, and says where. */
async function exportLogs(kind: Kind): Promise<string> {
  const { logFolder } = kind.options;
  const args = ['export', 'logs', logFolder, '--name', kind.names.cluster];
  return runKind(kind, args).then(
    () => `the logs of its nodes are in ${logFolder}`,
    () => `what its nodes could log is in ${logFolder}`,
  );
}

async function bootNode(kind: Kind, name: string, before: string | undefined, signal: AbortSignal): Promise<void> {
  const { names, run } = kind;
  const ask = async (args: readonly string[]): Promise<string> =>
    (await run(kubectlInside(names, args), { signal })).trim();
  const heartbeat = (): Promise<string> =>
    ask(['get', 'lease', name, '--namespace=kube-node-lease', '--output=jsonpath={.spec.renewTime}']);
  // A node that was killed a moment ago still counts as Ready; only a new heartbeat says that it is.
  const last = await heartbeat();
  await run(['docker', 'start', name], { signal });
  const isReady = ['get', 'node', name, '--output=jsonpath={.status.conditions[?(@.type=="Ready")].status}'];
  await waitFor(
    async () => {
      signal.throwIfAborted();
      return (await heartbeat()) !== last && (await ask(isReady)) === 'True';
    },
    { deadlineMs: READY_DEADLINE_MS, everyMs: 500 },
    () => `${name} is Ready again`,
  );
  const after = parseAddresses(await run(showAddresses(names, [name]), { signal })).get(name);
  if (before !== undefined && after !== before) {
    throw new Error(
      `${name} came back at ${after} instead of ${before}, where the load balancer looks for it: start anew`,
    );
  }
}

async function remove(kind: Kind): Promise<void> {
  const { names, run, folder, kubeconfigPath } = kind;
  const standIns = linesOf(await run(listStandIns(names)));
  if (standIns.length > 0) await run(['docker', 'rm', '--force', '--volumes', ...standIns]);
  await runKind(kind, ['delete', 'cluster', '--name', names.cluster, '--kubeconfig', kubeconfigPath]);
  const networks = linesOf(await run(listNetworks(names)));
  if (networks.length > 0) await run(['docker', 'network', 'rm', ...networks]);
  await rm(folder, { recursive: true, force: true });
}
