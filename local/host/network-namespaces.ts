import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../processes/run.ts';
import type { CommandLine, RunOptions } from '../processes/run.ts';
import { readMounts } from './mounts.ts';

/** Where ip-netns(8) mounts the namespaces that have names. */
const folder = '/run/netns';

/** The path at which the namespace can be entered. */
export function namespacePath(namespace: string): string {
  return join(folder, namespace);
}

/**
 * A command line that runs `argv` inside a network namespace. nsenter, not `ip netns exec`, since that one mounts a /sys
 * of its own over the control groups.
 */
export function inNamespace(namespace: string, argv: CommandLine): CommandLine {
  return ['nsenter', `--net=${namespacePath(namespace)}`, ...argv];
}

/** The names of namespaces that `isOurs` says yes to. */
export async function findNamespaces(isOurs: (name: string) => boolean): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    // Nobody has made a named namespace since the machine was started.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter(isOurs);
}

/** Removes a namespace's name; the kernel removes it, with its interfaces, once no process is inside. */
export async function removeNamespace(namespace: string): Promise<void> {
  await run(['ip', 'netns', 'delete', namespace]).catch(async () => {
    // An `ip netns add` that was killed half-way leaves a plain file, on which `delete` fails. Of a namespace that is
    // still mounted this fails too.
    await rm(namespacePath(namespace), { force: true });
  });
}

/**
 * The first `ip netns add` since the machine was started mounts the folder for names on itself. Undoes that once no names
 * are left, those of others included. Resolves to whether the folder is no mount point now.
 */
export async function releaseNamespaceFolder(): Promise<boolean> {
  const isMounted = (await readMounts()).some(({ mountPoint }) => mountPoint === folder);
  if (!isMounted) return true;
  if ((await findNamespaces(() => true)).length > 0) return false;
  // Busy when somebody is adding a name at this very moment, and then it is theirs to keep.
  return run(['umount', folder]).then(
    () => true,
    () => false,
  );
}

/** Commands of ip(8) without the leading `ip`, all for one namespace (or for the host's own). */
export interface IpBatch {
  readonly namespace?: string;
  readonly lines: readonly string[];
}

/** Runs the batches one after the other; stops and rejects at the first command that fails. */
export async function runIp(batches: readonly IpBatch[], options: Pick<RunOptions, 'env'>): Promise<void> {
  for (const { namespace, lines } of batches) {
    const where = namespace === undefined ? [] : ['-n', namespace];
    await run(['ip', ...where, '-batch', '-'], { ...options, input: `${lines.join('\n')}\n` });
  }
}
