import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Folders } from './folders.ts';

/** What later commands need to know about a running system. */
export interface SystemRecord {
  readonly provider: 'bare' | 'kind';
  readonly kubeconfigPath: string;
  readonly kubectlPath: string;
  /** The load balancer; undefined while the system is coming up. */
  readonly url?: string;
}

const recordPath = (folders: Folders, name: string): string => join(folders.state, `${name}.json`);

/** Notes a system down; whoever started it may end, at any moment, and later commands still find it. */
export async function writeSystemRecord(folders: Folders, name: string, record: SystemRecord): Promise<void> {
  await mkdir(dirname(recordPath(folders, name)), { recursive: true });
  await writeFile(recordPath(folders, name), JSON.stringify(record));
}

/** The record of a system, or undefined where none is noted. */
export async function readSystemRecord(folders: Folders, name: string): Promise<SystemRecord | undefined> {
  try {
    const record: SystemRecord = JSON.parse(await readFile(recordPath(folders, name), 'utf8'));
    return record;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Forgets a system; nothing noted: does nothing. */
export async function removeSystemRecord(folders: Folders, name: string): Promise<void> {
  await rm(recordPath(folders, name), { force: true });
}
