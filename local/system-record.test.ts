import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Folders } from './folders.ts';
import { readSystemRecord, removeSystemRecord, writeSystemRecord } from './system-record.ts';

describe('the record of a running system', () => {
  let folders: Folders;
  const record = { provider: 'bare', kubeconfigPath: '/a', kubectlPath: '/b', url: 'http://10.89.0.3' } as const;
  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'record-'));
    folders = { cache: folder, state: join(folder, 'state') };
  });
  afterEach(() => rm(folders.cache, { recursive: true }));

  it('is found again by name', async () => {
    await writeSystemRecord(folders, 'one', record);
    expect(await readSystemRecord(folders, 'one')).toEqual(record);
    expect(await readSystemRecord(folders, 'other')).toBeUndefined();
  });

  it('is gone once removed, and removing it twice is no error', async () => {
    await writeSystemRecord(folders, 'one', record);
    await removeSystemRecord(folders, 'one');
    await removeSystemRecord(folders, 'one');
    expect(await readSystemRecord(folders, 'one')).toBeUndefined();
  });
});
