import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { start } from './start.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-'));
  // No Docker, no Go, nothing: no cluster can run.
  vi.stubEnv('PATH', '/nowhere');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test.each(['kind', 'bare', undefined] as const)(
  'a machine that cannot run --cluster %s is told what is missing, and nothing is taken down that was never begun',
  async (provider) => {
    const printed: string[] = [];
    const folders = { cache: join(folder, 'cache'), state: join(folder, 'state') };
    const command = { verb: 'start', detach: false, name: 'never', provider } as const;
    const starting = start(command, folders, (line) => printed.push(line), new AbortController().signal);
    await expect(starting).rejects.toThrow(/no cluster can run on this machine/);
    expect(printed).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  },
);
