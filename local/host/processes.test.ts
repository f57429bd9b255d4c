import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  describeProcess,
  endProcesses,
  otherProcesses,
  processesInNetworkNamespaces,
  processesWithEnvironment,
  signalProcesses,
} from './processes.ts';

const variable = 'PROCESSES_TEST';
const marks: string[] = [];

/** A shell under a mark of its own that runs `script` and says when it is about to wait. */
async function startShell(script: string): Promise<{ readonly mark: string; readonly pid: number }> {
  const mark = randomUUID();
  marks.push(mark);
  const child = spawn('sh', ['-c', `${script}\necho ready\nwhile true; do sleep 0.2; done`], {
    env: { PATH: process.env['PATH'], [variable]: mark },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  return { mark, pid: child.pid ?? 0 };
}

const marked = (mark: string) => processesWithEnvironment(variable, mark);

afterEach(async () => {
  for (const mark of marks.splice(0)) await endProcesses(() => marked(mark));
});

test('a process and its children are found by what they were started with', async () => {
  const { mark, pid } = await startShell('sleep 100 &');
  const found = await marked(mark);
  expect(found).toContain(pid);
  expect(found.length).toBeGreaterThanOrEqual(2);
});

test('nothing is found by a part of the value or by a value nobody has', async () => {
  const { mark } = await startShell(':');
  expect(await marked(mark.slice(0, -1))).toEqual([]);
  expect(await marked(randomUUID())).toEqual([]);
});

test.each([
  { script: "trap '' TERM INT HUP", signal: undefined, reason: 'it ignores gentler signals' },
  { script: ':', signal: 'SIGSTOP' as const, reason: 'it is stopped' },
  {
    script: '(trap "" TERM; while true; do sleep 0.1; done) &',
    signal: undefined,
    reason: 'it goes on making children',
  },
])('a process is ended although $reason', async ({ script, signal }) => {
  const { mark } = await startShell(script);
  if (signal !== undefined) signalProcesses(await marked(mark), signal);
  await endProcesses(() => marked(mark));
  expect(await marked(mark)).toEqual([]);
});

test('this process is not among the others, so nobody ends itself', async () => {
  expect(await otherProcesses()).not.toContain(process.pid);
});

test('a signal to a process that has ended is no error', async () => {
  const { mark, pid } = await startShell(':');
  await endProcesses(() => marked(mark));
  await expect.poll(() => describeProcess(pid)).toBe(String(pid));
  expect(() => {
    signalProcesses([pid], 'SIGCONT');
  }).not.toThrow();
});

test('in a namespace that somebody else removes while it is looked at there is no process', async () => {
  const gone = join(tmpdir(), randomUUID());
  expect(await processesInNetworkNamespaces([gone])).toEqual([]);
  const here = await processesInNetworkNamespaces([gone, '/proc/self/ns/net']);
  const { pid } = await startShell(':');
  expect(here).not.toContain(pid);
  expect(await processesInNetworkNamespaces([gone, '/proc/self/ns/net'])).toContain(pid);
});
