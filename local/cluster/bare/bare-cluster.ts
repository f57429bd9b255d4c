import { run } from '../../processes/run.ts';
import type { Toolchain } from '../../toolchain/toolchain.ts';
import type { Cluster } from '../cluster.ts';
import { apiServerUrl } from '../control-plane.ts';
import type { ControlPlane } from '../control-plane.ts';
import { controlPlaneFiles } from '../control-plane-files.ts';
import { clusterAddresses } from '../addresses.ts';
import type { NodeAddress } from '../addresses.ts';
import { bringUp, lastHeartbeat, waitForNode } from './bring-up.ts';
import type { Context } from './context.ts';
import { clusterFolder, clusterFolders, clusterNames, clusterVariable } from './names.ts';
import { containerdSocket } from './node-settings.ts';
import { bootNode, cutNode } from './node.ts';
import { createOperations } from '../operations.ts';
import type { Operations } from '../operations.ts';
import { findProblems, readHostFacts, searchPath } from './requirements.ts';
import type { HostFacts, Wishes } from './requirements.ts';
import { startStandIn } from './stand-in.ts';
import { describeRemains, findRemains, removeRemains } from './teardown.ts';

/** All that it takes to find a cluster on this host. */
export interface BareClusterPlace {
  /** 1 to 11 small letters and digits. */
  readonly name: string;
  /** State folder of all clusters; this one keeps its files in a folder of its own name. */
  readonly stateFolder: string;
}

export interface BareClusterOptions extends BareClusterPlace {
  /** The cluster has the addresses 10.`subnetIndex`.0.0/24. */
  readonly subnetIndex: number;
  /** At least two. */
  readonly nodeCount: number;
  /** Folder for the logs of this cluster: emptied by `up`, kept by `down`. */
  readonly logFolder: string;
  readonly toolchain: Toolchain;
  /** A docker-archive of an image `localhost/pause:1` whose program does nothing but wait. */
  readonly pauseImageArchive: string;
}

/** A cluster of network namespaces on this host; see README.md beside this folder. */
export interface BareCluster extends Cluster {
  readonly provider: 'bare';
  /** What the operator asked of the API server: JSON lines, audit.k8s.io/v1 Event, level Metadata. */
  readonly auditLogPath: string;
  /** What keeps a cluster from running on this host, each with the way out; empty when nothing does. */
  problems(): Promise<readonly string[]>;
  /** What is on the host of this cluster, one line each; after `down` nothing. */
  leftovers(): Promise<readonly string[]>;
}

/**
 * Ends and removes everything of a cluster, whoever started it and however that ended; what is under way on it in this
 * process is stopped first. Nothing there, as always where the system is not Linux: does nothing. Rejects with the list of
 * what could not be removed.
 */
export async function removeBareCluster({ name, stateFolder }: BareClusterPlace): Promise<void> {
  if (process.platform !== 'linux') return;
  const folder = clusterFolder(stateFolder, name);
  await operationsOf(folder).afterAll(() => removeRemains(clusterNames(name), folder));
}

/** What is on the host of a cluster, one line each; nothing after it was removed. */
export async function bareClusterLeftovers({ name, stateFolder }: BareClusterPlace): Promise<readonly string[]> {
  return describeRemains(await findRemains(clusterNames(name), clusterFolder(stateFolder, name)));
}

/**
 * By the cluster's folder, since the one who takes a cluster down may hold another object for it than the one who brings
 * it up, in the same process.
 */
const operationsOfClusters = new Map<string, Operations>();

function operationsOf(folder: string): Operations {
  const operations = operationsOfClusters.get(folder) ?? createOperations();
  operationsOfClusters.set(folder, operations);
  return operations;
}

/** A cluster with this name, whether it runs or not: nothing is done yet. Throws an error for options that cannot be. */
export function createBareCluster(options: BareClusterOptions): BareCluster {
  const addresses = clusterAddresses(options.subnetIndex, options.nodeCount);
  const folders = clusterFolders(options.stateFolder, options.name, options.logFolder);
  const { adminKubeconfig, auditLog } = controlPlaneFiles(folders.control);
  const { during } = operationsOf(folders.cluster);
  const withContext = async <T>(work: (context: Context, stop: AbortSignal) => Promise<T>) =>
    during(async (stop) => work(createContext(options, await readHostFacts(options.stateFolder)), stop));
  const down = () => removeBareCluster(options);
  const problems = async () => findProblems(await readHostFacts(options.stateFolder), wishes(options));
  return {
    provider: 'bare',
    name: options.name,
    kubeconfigPath: adminKubeconfig,
    auditLogPath: auditLog,
    nodes: addresses.nodes.map(({ name, address }) => ({ name, address })),
    problems,
    down,
    async up() {
      await down();
      const found = await problems();
      if (found.length > 0) throw new Error(`a bare cluster cannot run here:\n- ${found.join('\n- ')}`);
      await withContext(bringUp);
    },
    loadImage: (archivePath) =>
      withContext(async (context, signal) => {
        await Promise.all(addresses.nodes.map(({ name }) => importImage(context, { node: name, archivePath, signal })));
      }),
    startStandIn: (standIn) => withContext((context) => startStandIn(context, standIn, during)),
    killNode: (name) => withContext((context) => cutNode(context, namedNode(addresses.nodes, name))),
    startNode: (name) =>
      withContext(async (context, stop) => {
        const node = namedNode(addresses.nodes, name);
        const before = await lastHeartbeat(context, node, stop);
        await waitForNode(context, { node, init: await bootNode(context, node), before }, stop);
      }),
    leftovers: () => bareClusterLeftovers(options),
  };
}

function createContext(options: BareClusterOptions, facts: HostFacts): Context {
  const { cgroups } = facts;
  if (cgroups === undefined) throw new Error('this host has no control groups');
  const addresses = clusterAddresses(options.subnetIndex, options.nodeCount);
  const folders = clusterFolders(options.stateFolder, options.name, options.logFolder);
  const plane: ControlPlane = {
    programs: options.toolchain,
    address: addresses.control,
    // In a namespace of its own every port is free.
    ports: { apiServer: 6443, etcdClients: 2379, etcdPeers: 2380 },
    files: controlPlaneFiles(folders.control),
  };
  return {
    names: clusterNames(options.name),
    addresses,
    folders,
    toolchain: options.toolchain,
    pauseImageArchive: options.pauseImageArchive,
    cgroups,
    snapshotter: facts.overlayPossible ? 'overlayfs' : 'native',
    plane,
    server: apiServerUrl(plane),
    env: { PATH: searchPath, HOME: folders.cluster, LANG: 'C.UTF-8', [clusterVariable]: options.name },
  };
}

function wishes(options: BareClusterOptions): Wishes {
  const { nodes, subnet } = clusterAddresses(options.subnetIndex, options.nodeCount);
  const folders = clusterFolders(options.stateFolder, options.name, options.logFolder);
  return { subnet, longestSocketPath: containerdSocket(folders.node(nodes.at(-1)?.name ?? '')).concat('.ttrpc') };
}

/** Which image goes to which node. */
interface ImageImport {
  readonly node: string;
  readonly archivePath: string;
  readonly signal: AbortSignal;
}

async function importImage({ folders, env }: Context, { node, archivePath, signal }: ImageImport): Promise<void> {
  const address = containerdSocket(folders.node(node));
  await run(['ctr', '--address', address, '--namespace', 'k8s.io', 'images', 'import', archivePath], { env, signal });
}

function namedNode(nodes: readonly NodeAddress[], name: string): NodeAddress {
  const node = nodes.find((candidate) => candidate.name === name);
  if (node !== undefined) return node;
  throw new Error(`no node '${name}'; there are ${nodes.map((candidate) => candidate.name).join(', ')}`);
}
