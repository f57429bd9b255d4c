import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endProcesses, processesWithEnvironment } from './processes.ts';
import { expectRunning, lastWords, startProcess } from './started-process.ts';
import type { ProcessOptions, StartedProcess } from './started-process.ts';

let folder: string;
const started: StartedProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'started-process-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((running) => running.kill()));
  await rm(folder, { recursive: true });
});

async function start(script: string, more: Partial<ProcessOptions> = {}): Promise<StartedProcess> {
  const env = { PATH: process.env['PATH'] ?? '' };
  const options = {
    name: 'thing',
    argv: ['sh', '-c', script],
    env,
    logPath: join(folder, 'log'),
    lives: 'with-parent',
  } as const;
  const running = await startProcess({ ...options, ...more });
  started.push(running);
  return running;
}

test('a program that ended is reported with its status and the end of what it said', async () => {
  const running = await start('for i in 1 2 3 4 5 6 7 8 9; do echo line $i; done; echo out of memory >&2; exit 7');
  await expect.poll(() => running.ending()).toBe('exit status 7');
  const message = await expectRunning(running).then(() => 'no error', String);
  expect(message).toContain('thing ended (exit status 7)');
  expect(message).toContain(`${join(folder, 'log')}:\nline 3\n`);
  expect(message).toMatch(/line 9\nout of memory$/);
});

test('a program that runs is no error, and killed it is gone', async () => {
  const running = await start('exec sleep 100');
  await expectRunning(running);
  await running.kill();
  expect(running.ending()).toBe('signal SIGKILL');
});

test('a program that cannot be started is an error', async () => {
  await expect(start('', { argv: ['/no/such/program'], lives: 'alone' })).rejects.toThrow('ENOENT');
});

test('nothing of the own environment is inherited', async () => {
  const running = await start('env');
  await expect.poll(() => running.ending()).toBe('exit status 0');
  expect(await readFile(running.logPath, 'utf8')).not.toContain('VITEST');
});

test('a log that is not there is said to be not there', async () => {
  expect(await lastWords(join(folder, 'none'))).toContain('ENOENT');
});

/** Starts a child from a parent that is then killed; gives a look at which of the child's processes are there. */
async function orphan(lives: ProcessOptions['lives']): Promise<() => Promise<readonly number[]>> {
  const mark = randomUUID();
  const env = { MARK: mark, PATH: process.env['PATH'] ?? '' };
  const options: ProcessOptions = { name: 'child', argv: ['sleep', '100'], env, logPath: join(folder, 'child'), lives };
  const module = JSON.stringify(new URL('started-process.ts', import.meta.url).href);
  const script = `const { startProcess } = await import(${module}); await startProcess(${JSON.stringify(options)}); setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  const children = () => processesWithEnvironment('MARK', mark);
  await expect.poll(children, { timeout: 10_000 }).toHaveLength(1);
  parent.kill('SIGKILL');
  await expect.poll(() => parent.signalCode).toBe('SIGKILL');
  return children;
}

test('what lives with its parent ends with it, though SIGKILL leaves the parent no chance to see to that', async () => {
  const children = await orphan('with-parent');
  await expect.poll(children).toEqual([]);
});

test('what lives alone goes on after its parent was killed', async () => {
  const children = await orphan('alone');
  expect(await children()).toHaveLength(1);
  await endProcesses(children);
});
