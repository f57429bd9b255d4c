import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { waitFor } from './waiting.ts';

/**
 * Finding and ending processes by what they belong to, never by what they are called. A process that ends while it is
 * looked at counts as not there, and so does one that has ended but was not yet waited for by its parent.
 */

/** All process ids of this host, but for that of this process. */
export async function otherProcesses(): Promise<readonly number[]> {
  const entries = await readdir('/proc');
  return entries
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => pid !== process.pid);
}

/** Those whose environment holds `variable` with `value` as it was when they were started. */
export async function processesWithEnvironment(variable: string, value: string): Promise<readonly number[]> {
  const wanted = `${variable}=${value}`;
  return processesWhere(async (pid) => {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
    return environment.split('\0').includes(wanted);
  });
}

/** Those inside the network namespaces that are mounted at the paths given; in one that is not there, nobody is. */
export async function processesInNetworkNamespaces(paths: readonly string[]): Promise<readonly number[]> {
  // Another teardown may remove a namespace after it was listed.
  const found = await Promise.all(paths.map((path) => stat(path).catch(ignoreEnded)));
  const wanted = new Set(found.flatMap((file) => (file === undefined ? [] : [`net:[${file.ino}]`])));
  if (wanted.size === 0) return [];
  return processesWhere(async (pid) => wanted.has(await readlink(`/proc/${pid}/ns/net`)));
}

/** What a process calls itself, for messages; its id alone when it has ended. */
export async function describeProcess(pid: number): Promise<string> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(ignoreEnded);
  return name === undefined ? String(pid) : `${pid} (${name.trim()})`;
}

/** Sends a signal to each process that is still there. */
export function signalProcesses(pids: readonly number[], signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      ignoreEnded(error);
    }
  }
}

/** SIGKILL to what `find` finds, again and again until it finds nothing. Rejects if that takes more than ten seconds. */
export async function endProcesses(find: () => Promise<readonly number[]>): Promise<void> {
  let left: readonly number[] = [];
  await waitFor(
    async () => {
      left = await find();
      signalProcesses(left, 'SIGKILL');
      return left.length === 0;
    },
    { deadlineMs: 10_000, everyMs: 10 },
    () => `processes ${left.join(', ')} have ended`,
  );
}

async function processesWhere(matches: (pid: number) => Promise<boolean>): Promise<readonly number[]> {
  const pids = await otherProcesses();
  const matching = await Promise.all(pids.map((pid) => matches(pid).catch(ignoreEnded)));
  return pids.filter((_, index) => matching[index] === true);
}

/** ESRCH and ENOENT: the process has ended, or the namespace is gone. EACCES: it is ending, and its namespaces are gone already. */
function ignoreEnded(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && ['ESRCH', 'ENOENT', 'EACCES'].includes(String(error.code))) return;
  throw error;
}
