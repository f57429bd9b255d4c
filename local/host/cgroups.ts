import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mount } from './mounts.ts';
import { waitFor } from './waiting.ts';

/**
 * Control groups of this host: `v1` has a hierarchy for each controller (and, on `hybrid` hosts, one of version 2
 * without controllers beside them), `v2` has one for all. cgroups(7).
 */
export interface CgroupLayout {
  readonly kind: 'v1' | 'hybrid' | 'v2';
  readonly hierarchies: readonly CgroupHierarchy[];
}

export interface CgroupHierarchy {
  readonly mountPoint: string;
  readonly version: 1 | 2;
  /** Controllers of a version 1 hierarchy (or its name, as in `name=systemd`); empty for version 2, whose root says itself. */
  readonly controllers: readonly string[];
}

/** A control group to make: its folder, and the files whose content comes from its parent, for they start out empty. */
export interface CgroupStep {
  readonly folder: string;
  readonly parent: string;
  readonly inherited: readonly string[];
  /** Controllers that the parent passes on (version 2): all of those it has among these. */
  readonly passedOn: readonly string[];
  /** Files to write, by name. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * A node stands for a machine with processors of its own: eight times the weight of what else this host does, so that a
 * busy host does not starve it (version 1: cpu.shares, default 1024; version 2: cpu.weight, default 100).
 */
const nodeWeight = { 1: { 'cpu.shares': '8192' }, 2: { 'cpu.weight': '800' } } as const;

/** What kubelet and runc work with; kubelet refuses to start without the first four. */
const neededControllers = ['cpu', 'cpuacct', 'cpuset', 'memory', 'pids'];
const version2Controllers = ['cpu', 'cpuset', 'memory', 'pids', 'io', 'hugetlb'];
const version2Needed = ['cpu', 'cpuset', 'memory', 'pids'];

/** What of the mounts are control groups; undefined when there are none. A hierarchy that is mounted twice counts once. */
export function cgroupLayout(mounts: readonly Mount[]): CgroupLayout | undefined {
  const hierarchies: CgroupHierarchy[] = [];
  for (const { mountPoint, type, options } of mounts) {
    if (!mountPoint.startsWith('/sys/fs/cgroup')) continue;
    if (type === 'cgroup2') hierarchies.push({ mountPoint, version: 2, controllers: [] });
    const controllers = options.filter((option) => !['rw', 'ro', 'xattr'].includes(option) && !option.includes('='));
    const named = options.filter((option) => option.startsWith('name='));
    if (type === 'cgroup') hierarchies.push({ mountPoint, version: 1, controllers: [...controllers, ...named] });
  }
  if (hierarchies.length === 0) return undefined;
  const versions = new Set(hierarchies.map(({ version }) => version));
  const kind = versions.size === 2 ? 'hybrid' : versions.has(2) ? 'v2' : 'v1';
  return { kind, hierarchies };
}

/** The controllers that kubelet needs and does not get. `rootControllers`: content of cgroup.controllers at the root (v2 only). */
export function missingControllers(layout: CgroupLayout, rootControllers: string): readonly string[] {
  if (layout.kind === 'v2') {
    const available = rootControllers.trim().split(/\s+/);
    return version2Needed.filter((controller) => !available.includes(controller));
  }
  const available = layout.hierarchies.flatMap(({ controllers }) => controllers);
  return neededControllers.filter((controller) => !available.includes(controller));
}

/** How to make the group `name` at the root of every hierarchy, so that kubelet finds it wherever it looks. */
export function cgroupSteps({ hierarchies, kind }: CgroupLayout, name: string): readonly CgroupStep[] {
  return hierarchies.map(({ mountPoint, controllers }) => ({
    folder: join(mountPoint, name),
    parent: mountPoint,
    inherited: controllers.includes('cpuset') ? ['cpuset.cpus', 'cpuset.mems'] : [],
    passedOn: kind === 'v2' ? version2Controllers : [],
    settings: kind === 'v2' ? nodeWeight[2] : controllers.includes('cpu') ? nodeWeight[1] : {},
  }));
}

/** Makes a control group. Throws an error with the path that could not be written. */
export async function makeCgroup({ folder, parent, inherited, passedOn, settings }: CgroupStep): Promise<void> {
  if (passedOn.length > 0) {
    const available = (await readFile(join(parent, 'cgroup.controllers'), 'utf8')).trim().split(' ');
    const enabled = passedOn.filter((controller) => available.includes(controller));
    await writeFile(join(parent, 'cgroup.subtree_control'), enabled.map((controller) => `+${controller}`).join(' '));
  }
  await mkdir(folder, { recursive: true });
  for (const file of inherited) await writeFile(join(folder, file), await readFile(join(parent, file), 'utf8'));
  for (const [file, value] of Object.entries(settings)) await writeFile(join(folder, file), value);
}

/** The control groups at the root of any hierarchy whose names `isOurs` says yes to. */
export async function findCgroups(
  { hierarchies }: CgroupLayout,
  isOurs: (name: string) => boolean,
): Promise<readonly string[]> {
  const found = await Promise.all(
    hierarchies.map(async ({ mountPoint }) => {
      const names = await readdir(mountPoint);
      return names.filter(isOurs).map((name) => join(mountPoint, name));
    }),
  );
  return found.flat();
}

/** The processes in the groups given and in all below them. */
export async function cgroupMembers(folders: readonly string[]): Promise<readonly number[]> {
  const groups = (await Promise.all(folders.map(withChildren))).flat();
  const lists = await Promise.all(
    groups.map((group) => readFile(join(group, 'cgroup.procs'), 'utf8').catch(ignoreRemoved)),
  );
  return [
    ...new Set(
      lists.flatMap((list) =>
        (list ?? '')
          .split('\n')
          .filter((line) => line !== '')
          .map(Number),
      ),
    ),
  ];
}

/** Removes groups that have no processes any more, with all below them. */
export async function removeCgroups(folders: readonly string[]): Promise<void> {
  const groups = (await Promise.all(folders.map(withChildren))).flat();
  for (const group of groups.reverse()) await removeCgroup(group);
}

async function removeCgroup(group: string): Promise<void> {
  // The kernel counts a process out of its group a moment after it has ended; until then the group is busy.
  await waitFor(
    () =>
      rmdir(group).then(
        () => true,
        (error: unknown) => {
          if (isErrno(error, 'EBUSY')) return false;
          ignoreRemoved(error);
          return true;
        },
      ),
    { deadlineMs: 5_000, everyMs: 20 },
    () => `the control group ${group} is empty`,
  );
}

/** The group and all below it, parents first. */
async function withChildren(folder: string): Promise<readonly string[]> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(ignoreRemoved)) ?? [];
  const children = entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
  return [folder, ...(await Promise.all(children.map(withChildren))).flat()];
}

function ignoreRemoved(error: unknown): undefined {
  if (isErrno(error, 'ENOENT') || isErrno(error, 'ENODEV')) return;
  throw error;
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
