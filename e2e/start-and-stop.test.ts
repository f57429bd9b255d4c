import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bareClusterLeftovers, removeBareCluster } from '../local/cluster/bare/bare-cluster.ts';
import { readFolders } from '../local/folders.ts';
import { readSystemRecord } from '../local/system-record.ts';
import { eventually } from './test/eventually.ts';

const repository = join(import.meta.dirname, '..');
const name = 'cli';

/** `npm start` as its own process, and what it has printed so far. */
function runStart(...args: readonly string[]): { readonly child: ChildProcess; readonly printed: () => string } {
  const main = join(repository, 'local', 'main.ts');
  const child = spawn(process.execPath, [main, ...args, '--name', name, '--cluster', 'bare'], { cwd: repository });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, printed: () => text };
}

describe('npm start', () => {
  const folders = readFolders(process.env);
  const place = { name, stateFolder: folders.state };
  afterAll(() => removeBareCluster(place));

  const whenPrinted = ({ child, printed }: ReturnType<typeof runStart>, text: string): Promise<void> =>
    eventually(async () => {
      if (child.exitCode !== null) expect(printed()).toContain(text);
      expect(printed()).toContain(text);
    }, 150_000);

  it('killed half-way leaves what the next one removes; Ctrl-C then leaves nothing', async () => {
    const killed = runStart('start');
    await whenPrinted(killed, '==> images to the nodes');
    killed.child.kill('SIGKILL');
    await once(killed.child, 'close');
    expect(await bareClusterLeftovers(place)).not.toEqual([]);

    const again = runStart('start');
    await whenPrinted(again, 'Ctrl-C takes everything down.');
    expect(again.printed()).toMatch(/PUT http:\S+: 201, ETag "/);
    expect(again.printed()).toMatch(/documents\s+True\s+2\s+2/);
    const record = await readSystemRecord(folders, name);
    expect((await fetch(`${record?.url}/health`)).status).toBe(200);

    again.child.kill('SIGINT');
    const [status] = (await once(again.child, 'close')) as [number];
    expect(status).toBe(0);
    expect(await bareClusterLeftovers(place)).toEqual([]);
    expect(await readSystemRecord(folders, name)).toBeUndefined();
  }, 400_000);
});
