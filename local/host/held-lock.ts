import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** A lock that this process has until it lets go of it or ends. */
export interface HeldLock {
  /** Lets go of the lock and removes its file. */
  release(): Promise<void>;
}

/** The process that has the lock; undefined where it ended in the meantime. */
export interface LockedBy {
  readonly pid: number | undefined;
}

/**
 * Takes the lock at `path`, or tells who has it when it is not free within `waitSeconds`. The kernel holds it (flock(2))
 * for a child that lives as long as this process keeps its input open: however this process ends, the lock is free then.
 */
export async function takeLock(path: string, waitSeconds: number): Promise<HeldLock | LockedBy> {
  mkdirSync(dirname(path), { recursive: true });
  // A session of its own: Ctrl-C on the terminal must not free what this process still has to take down.
  const argv = ['-c', script, 'lock', path, String(waitSeconds), String(process.pid)];
  const child = spawn('sh', argv, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  const ended = once(child, 'close');
  let words = '';
  for await (const chunk of child.stdout) {
    words += String(chunk);
    if (words.includes('\n')) break;
  }
  if (words === 'taken\n') return { pid: readOwner(path) };
  if (words !== 'locked\n') throw new Error(`the lock ${path} could not be taken (flock is in the package util-linux)`);
  child.unref();
  return {
    async release() {
      child.ref();
      rmSync(path, { force: true });
      child.stdin.end();
      await ended;
    },
  };
}

/** Whoever has the lock may remove its file: a lock on a file that is no longer at that path is none. */
const script = `
while exec 9>>"$1"; do
  flock --timeout "$2" 9 || { echo taken; exit; }
  [ "$1" -ef /proc/self/fd/9 ] && break
done
echo "$3" >"$1"
echo locked
exec cat`;

function readOwner(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10) || undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
