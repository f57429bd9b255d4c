import { join } from 'node:path';
import type { Folders } from './folders.ts';
import { takeLock, type HeldLock } from './host/held-lock.ts';
import { readSystemRecord } from './system-record.ts';

/** A system of the same name runs, and somebody wants to keep it. */
export class NameTakenError extends Error {
  constructor(name: string, who: string) {
    super(
      `a system named ${name} runs already (${who}): end it with npm stop -- --name ${name}, or choose another --name`,
    );
    this.name = 'NameTakenError';
  }
}

/** The names that this process has, by the path of their locks. */
const claims = new Map<string, HeldLock>();

/** Long enough for the kernel to free the lock of a process that was killed a moment ago. */
const freeingSeconds = 1;
/** A whole system is taken down in less. */
const endingSeconds = 60;

const lockPath = (folders: Folders, name: string): string => join(folders.state, `${name}.lock`);

/**
 * Makes the name of a system this process's own until `releaseName` or its end. Rejects with NameTakenError while another
 * process has it, or while a system that was left running (`--detach`) answers.
 */
export async function claimName(folders: Folders, name: string): Promise<void> {
  const path = lockPath(folders, name);
  if (claims.has(path)) throw new NameTakenError(name, 'this process');
  const lock = await takeLock(path, freeingSeconds);
  if (!('release' in lock)) throw new NameTakenError(name, `process ${lock.pid ?? 'unknown'}`);
  claims.set(path, lock);
  const url = (await readSystemRecord(folders, name))?.url;
  if (url === undefined || !(await answers(`${url}/health`))) return;
  await releaseName(folders, name);
  throw new NameTakenError(name, url);
}

/** Whether this process has the name. */
export function hasName(folders: Folders, name: string): boolean {
  return claims.has(lockPath(folders, name));
}

/** Gives a name back; one that this process does not have is left alone. */
export async function releaseName(folders: Folders, name: string): Promise<void> {
  const path = lockPath(folders, name);
  const lock = claims.get(path);
  claims.delete(path);
  await lock?.release();
}

/**
 * Makes a name this process's own whoever has it: asks that process to end (SIGTERM), upon which it takes its system down.
 * Rejects when it does not within a minute.
 */
export async function takeOverName(folders: Folders, name: string, print: (line: string) => void): Promise<void> {
  const path = lockPath(folders, name);
  let lock = await takeLock(path, 0);
  if (!('release' in lock) && lock.pid !== undefined) {
    print(`process ${lock.pid} runs the system named ${name}: waiting until it has taken it down ...`);
    process.kill(lock.pid, 'SIGTERM');
  }
  if (!('release' in lock)) lock = await takeLock(path, endingSeconds);
  if (!('release' in lock))
    throw new Error(`process ${lock.pid ?? 'unknown'} runs the system ${name} and does not end`);
  claims.set(path, lock);
}

/** Whether anything answers at a URL, whatever it says. */
async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    () => true,
    () => false,
  );
}
