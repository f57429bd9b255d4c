import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimName, NameTakenError, releaseName } from './claim.ts';
import type { Folders } from './folders.ts';
import { writeSystemRecord } from './system-record.ts';
import { stopSystem, takeDownSystem } from './system.ts';

const name = 'never';
let folders: Folders;
const others: ChildProcess[] = [];

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'claim-'));
  folders = { cache: join(folder, 'cache'), state: join(folder, 'state') };
});
afterEach(async () => {
  await releaseName(folders, name);
  for (const other of others.splice(0)) other.kill('SIGKILL');
  await rm(join(folders.state, '..'), { recursive: true });
});

/** Another process that has the name once this resolves; SIGTERM ends it, as it does a start. */
async function otherRun(): Promise<ChildProcess> {
  const source = `
    import { claimName } from ${JSON.stringify(join(import.meta.dirname, 'claim.ts'))};
    await claimName(${JSON.stringify(folders)}, '${name}');
    console.log('claimed');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  others.push(child);
  await once(child.stdout, 'data');
  return child;
}

const options = () => ({ name, provider: undefined, folders, print: () => {} });

describe('the name of a system', { timeout: 30_000 }, () => {
  it('is refused while another run has it, with the way out', async () => {
    const { pid } = await otherRun();
    const claiming = claimName(folders, name);
    await expect(claiming).rejects.toThrow(NameTakenError);
    await expect(claiming).rejects.toThrow(new RegExp(`process ${pid}.*npm stop -- --name never.*another --name`));
  });

  it('is free at once when the run that had it was killed', async () => {
    const other = await otherRun();
    other.kill('SIGKILL');
    await expect(claimName(folders, name)).resolves.toBeUndefined();
  });

  it('is refused while a system that was left running answers, and free when it no longer does', async () => {
    const server = createServer((_, response) => response.writeHead(503).end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await writeSystemRecord(folders, name, { provider: 'bare', kubeconfigPath: '', kubectlPath: '', url });
    await expect(claimName(folders, name)).rejects.toThrow(url);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(claimName(folders, name)).resolves.toBeUndefined();
  });

  it('is given back without a trace, and a name beside it is another', async () => {
    await claimName(folders, name);
    await claimName(folders, 'two');
    await releaseName(folders, 'two');
    await expect(claimName(folders, name)).rejects.toThrow(NameTakenError);
    await releaseName(folders, name);
    expect(await readdir(folders.state)).toEqual([]);
  });
});

describe('a system that another run has', { timeout: 30_000 }, () => {
  it('is not taken down by who was refused its name', async () => {
    await otherRun();
    await mkdir(join(folders.state, name));
    await expect(takeDownSystem(options())).rejects.toThrow(NameTakenError);
    expect(await readdir(folders.state)).toContain(name);
  });

  it('is taken down by npm stop, which ends that run first', async () => {
    const other = await otherRun();
    const ended = once(other, 'close');
    await mkdir(join(folders.state, name));
    await stopSystem(options());
    expect(await ended).toEqual([null, 'SIGTERM']);
    expect(await readdir(folders.state)).toEqual([]);
  });
});
