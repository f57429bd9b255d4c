import { expect, test } from 'vitest';
import type { Machine } from '../capabilities.ts';
import { CommandError, type CommandLine, type RunOptions } from '../processes/run.ts';
import { chooseProvider, lacksOf, type Lacks } from './choose.ts';

const nothing = (): Promise<readonly string[]> => Promise.resolve([]);
const lacking = (what: string) => (): Promise<readonly string[]> => Promise.resolve([what]);
const neverAsked = (): Promise<never> => Promise.reject(new Error('was asked'));

test.each([
  { wanted: undefined, lacks: { kind: nothing, bare: neverAsked }, chosen: 'kind', reason: 'kind where it can run' },
  { wanted: undefined, lacks: { kind: lacking('x'), bare: nothing }, chosen: 'bare', reason: 'bare where kind cannot' },
  { wanted: 'bare', lacks: { kind: neverAsked, bare: nothing }, chosen: 'bare', reason: 'a wish wins, Docker or not' },
  { wanted: 'kind', lacks: { kind: nothing, bare: neverAsked }, chosen: 'kind', reason: 'a wish wins, root or not' },
] satisfies readonly { wanted: 'bare' | 'kind' | undefined; lacks: Lacks; chosen: string; reason: string }[])(
  'wanted $wanted: chosen $chosen ($reason)',
  async ({ wanted, lacks, chosen }) => {
    expect(await chooseProvider(wanted, lacks)).toBe(chosen);
  },
);

test('where neither can run, the error lists what is missing for each', async () => {
  const lacks = { kind: lacking('a Docker engine'), bare: lacking('root') };
  await expect(chooseProvider(undefined, lacks)).rejects.toThrow(
    /kind .*needs:\n {2}- a Docker engine\nbare .*needs:\n {2}- root/,
  );
});

test('a wish that cannot be met is an error about it alone, not a silent change to the other', async () => {
  const failed = chooseProvider('kind', { kind: lacking('a Docker engine'), bare: nothing });
  await expect(failed).rejects.toThrow(/a Docker engine/);
  await expect(failed).rejects.not.toThrow(/bare/);
});

const linux: Machine = {
  platform: 'linux',
  isRoot: true,
  hasProgram: () => true,
  hasFile: () => true,
  terraformVersion: () => undefined,
};
const has = (...programs: readonly string[]): Machine => ({ ...linux, hasProgram: (name) => programs.includes(name) });
const noEngine = new CommandError(['docker'], {
  exitStatus: 1,
  lastLines: ['Cannot connect to the Docker daemon', ''],
});

function engine(answer: string | Error): (argv: CommandLine, options?: RunOptions) => Promise<string> {
  return () => (typeof answer === 'string' ? Promise.resolve(answer) : Promise.reject(answer));
}

test.each([
  { machine: linux, answer: '28.2.2', missing: [], reason: 'engine and Go' },
  {
    machine: has('docker'),
    answer: '28.2.2',
    missing: [/^kind v0\.31\.0 or later/],
    reason: 'an engine, but no kind and no Go',
  },
  {
    machine: has('docker', 'go'),
    answer: noEngine,
    missing: [/Cannot connect/],
    reason: 'docker is there, but only the client',
  },
  { machine: has('go'), answer: '28.2.2', missing: [/^docker on the PATH/], reason: 'no docker at all' },
  { machine: has(), answer: noEngine, missing: [/^docker/, /^kind/], reason: 'everything that is missing at once' },
  { machine: { ...linux, platform: 'darwin' }, answer: '28.2.2', missing: [/^Linux/], reason: 'Docker Desktop' },
])('kind lacks $missing ($reason)', async ({ machine, answer, missing }) => {
  // No PATH: no kind of this machine is found.
  const found = await lacksOf(machine, { env: { PATH: '' }, run: engine(answer) }).kind();
  expect(found).toEqual(missing.map((pattern) => expect.stringMatching(pattern)));
});

test('an engine that does not answer in time counts as none, with the reason', async () => {
  const hung = (_: CommandLine, options?: RunOptions): Promise<string> =>
    new Promise((_resolve, reject) => {
      options?.signal?.addEventListener('abort', () => reject(new Error('aborted')));
    });
  const lacks = lacksOf(linux, { env: { PATH: '' }, run: hung, engineTimeoutMs: 20 });
  expect(await lacks.kind()).toEqual([expect.stringMatching(/did not within 0.02 s/)]);
});

test('bare lacks what the whole-system tests lack', async () => {
  const lacks = lacksOf({ ...linux, isRoot: false }, { env: {}, run: engine(noEngine) });
  expect(await lacks.bare()).toEqual([expect.stringMatching(/^root/)]);
});
