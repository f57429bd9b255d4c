import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { freePorts } from '../host/free-ports.ts';
import { expectRunning, startProcess } from '../host/started-process.ts';
import { waitFor } from '../host/waiting.ts';
import { dynamodbStandIn } from './dynamodb.ts';

const noneThere = (error: unknown): readonly string[] => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
};

test('all that it writes lies in its data folder, so that a kill leaves nothing elsewhere', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dynamodb-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const dataFolder = join(folder, 'data');
  await mkdir(dataFolder);
  const [port = 0] = await freePorts(1);
  const listen = { address: '127.0.0.1', port };
  const standIn = dynamodbStandIn(inject('toolchain'));
  const { argv, env } = standIn.process(listen, dataFolder);
  const environment = { PATH: process.env['PATH'] ?? '', HOME: folder, ...env };
  const logPath = join(folder, 'log');
  const started = await startProcess({ name: 'dynamodb', argv, env: environment, logPath, lives: 'with-parent' });
  onTestFinished(() => started.kill());
  const answers = async (): Promise<boolean> => {
    await expectRunning(started);
    return standIn.isAnswering(listen);
  };
  await waitFor(answers, { deadlineMs: 60_000, everyMs: 50 }, () => 'dynamodb answers');
  // The library of SQLite that it unpacks, and the JVM's counters.
  expect(await readdir(dataFolder)).toEqual([expect.stringMatching(/^sqlite-.*\.so$/)]);
  const counters = await readdir(join('/tmp', `hsperfdata_${userInfo().username}`)).catch(noneThere);
  expect(counters).not.toContain(String(started.pid));
}, 90_000);
