import { readdir, rm, stat } from 'node:fs/promises';
import { cgroupLayout, cgroupMembers, findCgroups, removeCgroups } from '../../host/cgroups.ts';
import { readMounts } from '../../host/mounts.ts';
import {
  findNamespaces,
  namespacePath,
  releaseNamespaceFolder,
  removeNamespace,
} from '../../host/network-namespaces.ts';
import {
  describeProcess,
  endProcesses,
  processesInNetworkNamespaces,
  processesWithEnvironment,
} from '../../host/processes.ts';
import { waitFor } from '../../host/waiting.ts';
import { run } from '../../processes/run.ts';
import { clusterVariable, isMountOf } from './names.ts';
import type { ClusterNames } from './names.ts';

/** Everything on the host that carries a cluster's name. */
export interface ClusterRemains {
  readonly processes: readonly number[];
  readonly namespaces: readonly string[];
  readonly links: readonly string[];
  /** Absolute paths. */
  readonly cgroups: readonly string[];
  /** Mount points other than those of the namespaces. */
  readonly mounts: readonly string[];
  /** The cluster's folder, if it is there. */
  readonly folders: readonly string[];
}

/**
 * Looks for everything of a cluster; needs nothing but its name and its folder below the state folder. Nothing that was
 * noted while starting is trusted, so it does not matter at which point a runner was killed.
 */
export async function findRemains(names: ClusterNames, folder: string): Promise<ClusterRemains> {
  const mounts = await readMounts();
  const layout = cgroupLayout(mounts);
  const [namespaces, cgroups, links, isThere] = await Promise.all([
    findNamespaces(names.isOurs),
    layout === undefined ? [] : findCgroups(layout, names.isOurs),
    readdir('/sys/class/net'),
    stat(folder).then(
      () => true,
      () => false,
    ),
  ]);
  return {
    processes: await findProcesses(names, namespaces, cgroups),
    namespaces,
    links: links.filter((link) => link === names.hostLink),
    cgroups,
    mounts: mounts
      .map(({ mountPoint }) => mountPoint)
      .filter(
        (mountPoint) => isMountOf(names, folder, mountPoint) && !namespaces.map(namespacePath).includes(mountPoint),
      ),
    folders: isThere ? [folder] : [],
  };
}

/**
 * Three ways to find processes, since each misses some: by the environment those that are on their way into a namespace or whose
 * namespace lost its name; by the namespace those that wrote over their environment, as Redis does with its title; by the
 * control group containers, whose environment and namespace are their own.
 */
async function findProcesses(
  names: ClusterNames,
  namespaces: readonly string[],
  cgroups: readonly string[],
): Promise<readonly number[]> {
  const found = await Promise.all([
    processesWithEnvironment(clusterVariable, names.cluster),
    processesInNetworkNamespaces(namespaces.map(namespacePath)),
    cgroupMembers(cgroups),
  ]);
  return [...new Set(found.flat())];
}

/** What is left of a cluster, one line each; empty when there is nothing. */
export async function describeRemains(remains: ClusterRemains): Promise<readonly string[]> {
  const processes = await Promise.all(remains.processes.map(describeProcess));
  return [
    ...processes.map((process) => `process ${process}`),
    ...remains.namespaces.map((namespace) => `network namespace ${namespace}`),
    ...remains.links.map((link) => `interface ${link}`),
    ...remains.cgroups.map((cgroup) => `control group ${cgroup}`),
    ...remains.mounts.map((mount) => `mount ${mount}`),
    ...remains.folders.map((folder) => `folder ${folder}`),
  ];
}

/**
 * Removes everything of a cluster, in an order in which nothing can come back: processes, then what they held. Looks
 * again until nothing is found twice, for a command of a killed runner may have been in the middle of something. Rejects with
 * the list of what could not be removed.
 */
export async function removeRemains(names: ClusterNames, folder: string): Promise<void> {
  let left: readonly string[] = [];
  let looks = 0;
  await waitFor(
    async () => {
      looks += 1;
      left = await describeRemains(await findRemains(names, folder));
      if (left.length > 0) {
        looks = 0;
        await removeOnce(names, folder);
      }
      return looks === 2;
    },
    { deadlineMs: 30_000, everyMs: 10 },
    () => `cluster '${names.cluster}' is removed; left: ${left.join(', ')}`,
  );
  await releaseNamespaceFolder();
}

async function removeOnce(names: ClusterNames, folder: string): Promise<void> {
  // SIGKILL, whatever a process does with gentler signals and even if it is stopped: nothing of a cluster is kept.
  await endProcesses(async () => (await findRemains(names, folder)).processes);
  const remains = await findRemains(names, folder);
  for (const link of remains.links) await run(['ip', 'link', 'delete', link]);
  await Promise.all(remains.namespaces.map(removeNamespace));
  for (const mount of remains.mounts.toReversed()) await run(['umount', '--lazy', mount]);
  await removeCgroups(remains.cgroups);
  // A mount of the host inside would have been found above; those of nodes were gone with their last process.
  await Promise.all(remains.folders.map((path) => rm(path, { recursive: true, force: true })));
}
