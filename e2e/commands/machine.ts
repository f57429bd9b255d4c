import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readMounts, type Mount } from '../../local/host/mounts.ts';

const run = promisify(execFile);

/** Whose traces are looked for, and where they could be. */
export interface Suspect {
  /** The system's name, which is in everything that it makes. */
  readonly name: string;
  readonly stateFolder: string;
  /** TMPDIR of the commands. */
  readonly temporaryFolder: string;
}

/**
 * What is on this machine, seen with other eyes than those of the program that cleans up: it looks for its names,
 * this looks at everything, so that the difference of two looks holds what was forgotten under whatever name.
 */
export interface Machine {
  /** Other systems, which have a lock or a record in the state folder: what carries their name is not looked at. */
  readonly others: readonly string[];
  /** Interfaces, network namespaces, mounts, control groups, files: one line each. */
  readonly things: ReadonlySet<string>;
  /** By process id and start time. */
  readonly processes: ReadonlyMap<string, Process>;
  /** `net:[INODE]` of those that carry the name of another system. */
  readonly namespacesOfOthers: readonly string[];
}

interface Process {
  readonly pid: number;
  readonly commandLine: string;
  /** All that tells where it comes from: environment, command line, folders, program, control groups. */
  readonly traces: string;
  /** `net:[INODE]`; empty for a process that has ended. */
  readonly networkNamespace: string;
}

/** Looks at this machine. `known`: other systems seen before, of which something may be there although they are gone. */
export async function lookAt(suspect: Suspect, known: readonly string[] = []): Promise<Machine> {
  const { stateFolder, temporaryFolder } = suspect;
  const others = [...new Set([...known, ...(await otherSystems(suspect))])];
  const isOthers = (name: string): boolean =>
    others.some((other) => name === `ds-${other}` || name.startsWith(`ds-${other}-`));
  const namespaces = await list('/run/netns');
  const processes = await readProcesses();
  const groups = await controlGroups(isOthers);
  const things = [
    ...(await links()).filter((link) => !isOthers(link)).map((link) => `interface ${link}`),
    ...namespaces.filter((name) => !isOthers(name)).map((name) => `network namespace ${name}`),
    ...(await mounts(stateFolder, others, isOthers)).map((mount) => `mount ${mount}`),
    ...(await withoutForeign(groups, processes, suspect)).map((group) => `control group ${group}`),
    ...(await list(stateFolder))
      .filter((entry) => !others.includes(entry.replace(/\.(json|lock)$/, '')))
      .map((entry) => `in the state folder: ${entry}`),
    ...(await list(temporaryFolder)).map((entry) => `temporary: ${entry}`),
  ];
  const ofOthers = await Promise.all(
    namespaces.filter(isOthers).map((name) => stat(join('/run/netns', name)).catch(nothing)),
  );
  const namespacesOfOthers = ofOthers.map((file) => (file === '' ? '' : `net:[${file.ino}]`));
  return { others, things: new Set(things), processes, namespacesOfOthers };
}

async function otherSystems({ stateFolder, name }: Suspect): Promise<readonly string[]> {
  const records = (await list(stateFolder)).flatMap((entry) => /^(.+)\.(?:json|lock)$/.exec(entry)?.[1] ?? []);
  return records.filter((record) => record !== name);
}

/** What is there after and was not before, one line each; of processes those that could be the suspect's. */
export async function leftSince(before: Machine, suspect: Suspect): Promise<readonly string[]> {
  const after = await lookAt(suspect, before.others);
  const namespacesBefore = [...before.processes.values()].map(({ networkNamespace }) => networkNamespace);
  // The empty one is that of a process that has ended.
  const known = new Set(['', ...namespacesBefore, ...after.namespacesOfOthers, ...unnamedNamespacesOfOthers(after)]);
  const newProcesses = [...after.processes].filter(([key]) => !before.processes.has(key)).map(([, process]) => process);
  return [
    ...[...after.things].filter((thing) => !before.things.has(thing)),
    ...newProcesses
      .filter((process) => isSuspects(process, suspect) || !known.has(process.networkNamespace))
      .map(({ pid, commandLine }) => `process ${pid} ${commandLine}`),
  ].toSorted();
}

/** Those in which a process of another system is, such as the ones of its pods. */
function unnamedNamespacesOfOthers({ others, processes }: Machine): readonly string[] {
  const marks = others.flatMap((other) => [`ds-${other}-`, `_CLUSTER=${other}\n`]);
  return [...processes.values()]
    .filter(({ traces }) => marks.some((mark) => traces.includes(mark)))
    .map(({ networkNamespace }) => networkNamespace);
}

function isSuspects({ traces }: Process, { name, stateFolder, temporaryFolder }: Suspect): boolean {
  const marks = [`ds-${name}-`, `${join(stateFolder, name)}/`, `_CLUSTER=${name}\n`, temporaryFolder];
  return marks.some((mark) => traces.includes(mark));
}

async function links(): Promise<readonly string[]> {
  const { stdout } = await run('ip', ['-o', 'link']);
  return stdout.split('\n').flatMap((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? []);
}

async function mounts(
  stateFolder: string,
  others: readonly string[],
  isOthers: (name: string) => boolean,
): Promise<readonly string[]> {
  const all = await readMounts();
  const namespaceOf = ({ mountPoint }: Mount): string => /^\/run\/netns\/(.+)$/.exec(mountPoint)?.[1] ?? '';
  const othersHaveNamespaces = all.some((mount) => isOthers(namespaceOf(mount)));
  return (
    all
      .filter(({ mountPoint }) => !others.some((other) => mountPoint.startsWith(`${join(stateFolder, other)}/`)))
      .filter((mount) => !isOthers(namespaceOf(mount)))
      // The folder itself becomes a mount with the first namespace in it, whoever makes that.
      .filter(({ mountPoint }) => mountPoint !== '/run/netns' || !othersHaveNamespaces)
      .map(({ mountPoint, type }) => `${mountPoint} ${type}`)
  );
}

/** Groups of the first two levels of every hierarchy. */
async function controlGroups(isOthers: (name: string) => boolean): Promise<readonly string[]> {
  const roots = (await readMounts()).filter(({ type }) => type === 'cgroup' || type === 'cgroup2');
  const found = await Promise.all(
    roots.map(async ({ mountPoint }) => {
      const first = (await folders(mountPoint)).filter((group) => !isOthers(group.slice(mountPoint.length + 1)));
      return [...first, ...(await Promise.all(first.map(folders))).flat()];
    }),
  );
  return found.flat();
}

/** Without the groups in which other programs of this machine run, for these come and go as they like. */
async function withoutForeign(
  groups: readonly string[],
  processes: ReadonlyMap<string, Process>,
  suspect: Suspect,
): Promise<readonly string[]> {
  const byPid = new Map([...processes.values()].map((process) => [String(process.pid), process]));
  const isForeign = async (group: string): Promise<boolean> => {
    const members = (await text(join(group, 'cgroup.procs'))).split('\n').filter((line) => line !== '');
    return members.length > 0 && members.every((pid) => !isSuspects(byPid.get(pid) ?? noProcess, suspect));
  };
  const foreign = await Promise.all(groups.map(isForeign));
  return groups.filter((_, index) => foreign[index] !== true);
}

/** Stands for one that has ended since: no trace of it is left. */
const noProcess: Process = { pid: 0, commandLine: '', traces: '', networkNamespace: '' };

async function readProcesses(): Promise<ReadonlyMap<string, Process>> {
  const pids = (await list('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const found = await Promise.all(pids.map(readProcess));
  return new Map(found);
}

async function readProcess(pid: number): Promise<readonly [string, Process]> {
  const file = (name: string): string => `/proc/${pid}/${name}`;
  const [status, commandLine, environment, cgroup] = await Promise.all(
    ['stat', 'cmdline', 'environ', 'cgroup'].map((name) => text(file(name))),
  );
  const [program, folder, root, networkNamespace] = await Promise.all(
    ['exe', 'cwd', 'root', 'ns/net'].map((name) => readlink(file(name)).catch(nothing)),
  );
  // The 22nd field, counted after the name, which may hold spaces (proc(5)).
  const startTime = status?.slice(status.lastIndexOf(')') + 2).split(' ')[19];
  const traces = [environment, commandLine, cgroup, program, `${folder}/`, `${root}/`]
    .join('\n')
    .replaceAll('\0', '\n');
  const words = (commandLine ?? '').replaceAll('\0', ' ');
  return [`${pid} ${startTime}`, { pid, commandLine: words, traces, networkNamespace: networkNamespace ?? '' }];
}

const folders = async (path: string): Promise<readonly string[]> =>
  ((await readdir(path, { withFileTypes: true }).catch(nothing)) || [])
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(path, name));
const list = async (path: string): Promise<readonly string[]> => (await readdir(path).catch(nothing)) || [];
const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(nothing);

/** What has just gone, or is no file to read, holds nothing. */
function nothing(error: unknown): '' {
  const gone = ['ENOENT', 'ESRCH', 'ENODEV', 'EOPNOTSUPP', 'EACCES', 'ENOTDIR'];
  if (error instanceof Error && 'code' in error && gone.includes(String(error.code))) return '';
  throw error;
}
