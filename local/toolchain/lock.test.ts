import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withLock } from './lock.ts';

function lockPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lock-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return join(folder, 'inside', '.lock');
}

/** Another process that takes the lock and keeps it; resolves as soon as it holds it. */
async function otherHolder(path: string): Promise<{ kill(): void }> {
  const lockModule = join(import.meta.dirname, 'lock.ts');
  const source = `
    const { withLock } = await import(${JSON.stringify(lockModule)});
    await withLock(${JSON.stringify(path)}, () => new Promise(() => { console.log('held'); setInterval(() => {}, 1000); }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return {
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}

test('gives what the work gave, and can be taken again', async () => {
  const path = lockPath();
  await expect(withLock(path, async () => 1)).resolves.toBe(1);
  await expect(withLock(path, async () => 2)).resolves.toBe(2);
});

test('is released by work that fails', async () => {
  const path = lockPath();
  await expect(withLock(path, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  await expect(withLock(path, async () => 'again')).resolves.toBe('again');
});

test('lets one in at a time', async () => {
  const path = lockPath();
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, (inside += 1));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 5 }, () => withLock(path, work)));
  expect(most).toBe(1);
});

test('says that it waits for another process, and goes on when that one is killed', async () => {
  const path = lockPath();
  const other = await otherHolder(path);
  let waits = 0;
  const onWait = (): void => {
    waits += 1;
    other.kill();
  };
  await expect(withLock(path, async () => 'mine now', { onWait })).resolves.toBe('mine now');
  expect(waits).toBe(1);
});

test('says nothing when nobody holds it', async () => {
  let waits = 0;
  await withLock(lockPath(), async () => {}, { onWait: () => (waits += 1) });
  expect(waits).toBe(0);
});

test('gives up waiting when it is aborted', async () => {
  const path = lockPath();
  const other = await otherHolder(path);
  onTestFinished(() => {
    other.kill();
  });
  const controller = new AbortController();
  const waiting = withLock(path, async () => 'never', {
    onWait: () => {
      controller.abort(new Error('stopped by the user'));
    },
    signal: controller.signal,
  });
  await expect(waiting).rejects.toThrow('stopped by the user');
});
