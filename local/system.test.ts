import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Folders } from './folders.ts';
import { readSystemRecord, writeSystemRecord, type SystemRecord } from './system-record.ts';
import { takeOverRecord } from './system.ts';

let folder: string;
let folders: Folders;
const name = 'never';
const record = (provider: SystemRecord['provider']): SystemRecord => ({
  provider,
  kubeconfigPath: '',
  kubectlPath: '',
});
const options = () => ({ name, provider: undefined, folders, print: () => {} });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'system-'));
  folders = { cache: join(folder, 'cache'), state: join(folder, 'state') };
  // A Docker engine and a kind that note down what is asked of them, and what the record said at that moment.
  await mkdir(join(folder, 'bin'));
  const note = `cat '${folders.state}/${name}.json' >> '${folder}/asked'; echo " $(basename "$0") $*" >> '${folder}/asked'`;
  for (const program of ['docker', 'kind']) {
    const path = join(folder, 'bin', program);
    await writeFile(path, `#!/bin/sh\n${note}\n[ "$1" = version ] && echo ${program} v99.0.0\nexit 0\n`);
    await chmod(path, 0o755);
  }
  vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env['PATH']}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test('what another provider made under the same name is removed while it is still known', async () => {
  await writeSystemRecord(folders, name, record('kind'));
  await takeOverRecord(options(), record('bare'));
  const asked = await readFile(join(folder, 'asked'), 'utf8');
  expect(asked).toMatch(/"provider":"kind".* kind delete cluster --name ds-never/);
  expect(await readSystemRecord(folders, name)).toEqual(record('bare'));
});

test('what the same provider made is left to the cluster, which begins anew by itself', async () => {
  await writeSystemRecord(folders, name, record('kind'));
  await takeOverRecord(options(), record('kind'));
  await expect(readFile(join(folder, 'asked'), 'utf8')).rejects.toThrow(/ENOENT/);
});
