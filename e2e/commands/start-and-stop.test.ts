import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeBareCluster } from '../../local/cluster/bare/bare-cluster.ts';
import { readFolders } from '../../local/folders.ts';
import { readSystemRecord } from '../../local/system-record.ts';
import { eventually } from '../test/eventually.ts';
import { runCommand, type RunningCommand } from './command.ts';
import { leftSince, lookAt, type Machine, type Suspect } from './machine.ts';

const name = 'cli';
const folders = readFolders(process.env);

describe('npm start', () => {
  let suspect: Suspect;
  let before: Machine;
  beforeAll(async () => {
    const temporaryFolder = await mkdtemp(join(tmpdir(), 'start-and-stop-'));
    suspect = { name, stateFolder: folders.state, temporaryFolder };
    await removeBareCluster({ name, stateFolder: folders.state });
    before = await lookAt(suspect);
  });
  afterAll(async () => {
    await removeBareCluster({ name, stateFolder: folders.state });
    await rm(suspect.temporaryFolder, { recursive: true, force: true });
  });

  const npm = (...args: readonly string[]): RunningCommand =>
    runCommand(['npm', ...args, '--name', name], {
      TMPDIR: suspect.temporaryFolder,
      // npm's own, and kept by it.
      NODE_DISABLE_COMPILE_CACHE: '1',
    });
  const start = (...args: readonly string[]): RunningCommand => npm('start', '--', '--cluster', 'bare', ...args);
  const expectSuccess = async (command: RunningCommand): Promise<void> => {
    expect({ status: await command.ended, printed: command.printed() }).toMatchObject({ status: 0 });
  };
  const expectNothingLeft = (): Promise<void> =>
    eventually(async () => expect(await leftSince(before, suspect)).toEqual([]), 15_000);

  it('killed half-way leaves things of every kind, which the next start removes; Ctrl-C then leaves nothing', async () => {
    const killed = start();
    await killed.whenPrinted('==> images to the nodes', 150_000);
    killed.signal('SIGKILL');
    await killed.ended;
    // Each kind has to be seen here, or not seeing it below would prove nothing.
    const left = await leftSince(before, suspect);
    for (const kind of ['interface', 'network namespace', 'mount', 'control group', 'in the state folder', 'process'])
      expect(left.filter((line) => line.startsWith(kind)).length, `${kind} among ${left.join('\n')}`).toBeGreaterThan(
        0,
      );

    const again = start();
    await again.whenPrinted('Ctrl-C takes everything down.', 150_000);
    expect(again.printed()).toMatch(/PUT http:\S+: 201, ETag "/);
    expect(again.printed()).toMatch(/documents\s+True\s+2\s+2/);
    const record = await readSystemRecord(folders, name);
    expect((await fetch(`${record?.url}/health`)).status).toBe(200);
    const processesOfBoth = await leftSince(before, suspect);
    expect(processesOfBoth.filter((line) => line.startsWith('process') && left.includes(line))).toEqual([]);

    again.signal('SIGINT');
    await again.ended;
    expect(again.printed()).toContain('Taking everything down.');
    await expectNothingLeft();
  }, 400_000);

  it('with --detach gives the shell back; npm run status tells how it is, and npm stop leaves nothing', async () => {
    const started = start('--detach');
    await expectSuccess(started);
    expect(started.printed()).toContain('It goes on in the background');

    const status = npm('run', 'status', '--');
    await expectSuccess(status);
    expect(status.printed()).toMatch(/node1\s+Ready/);
    expect(status.printed()).toMatch(/documents\s+True\s+2\s+2/);
    expect(status.printed()).toMatch(/\/health: 200 .*"healthy"/);

    const stop = npm('stop', '--');
    await expectSuccess(stop);
    await expectNothingLeft();
    const after = npm('run', 'status', '--');
    await expectSuccess(after);
    expect(after.printed()).toContain(`no system named ${name} is running`);
  }, 400_000);
});
