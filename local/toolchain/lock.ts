import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { once } from 'node:events';

export interface LockOptions {
  /** Called when the lock is held by another run, before waiting for it. */
  readonly onWait?: () => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does `work` while no other process of this machine is inside the same lock. The kernel holds the lock (flock(2)) for a
 * child that lives as long as this process keeps its input open: however a run ends, it leaves no lock behind.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const release = await acquire(path, options);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function acquire(path: string, { onWait, signal }: LockOptions): Promise<() => Promise<void>> {
  const script = 'flock --nonblock 9 || { echo waiting; flock 9; }; echo locked; exec cat';
  // A process group of its own: Ctrl-C must not release the lock while the run is still cleaning up.
  const child = spawn('sh', ['-c', `exec 9>"$1"; ${script}`, 'lock', path], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = once(child, 'close');
  const release = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  const stop = (): void => {
    // The whole group: flock, which waits as a child of the shell, would get the lock later and keep it.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      const words = String(chunk);
      if (words.includes('waiting')) onWait?.();
      if (words.includes('locked')) return release;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  signal?.throwIfAborted();
  throw new Error(`the lock ${path} could not be taken: the program flock (package util-linux) failed`);
}
