import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Folders } from './folders.ts';
import { showStatus } from './status.ts';
import { writeSystemRecord } from './system-record.ts';

/** A system of which nothing answers, noted down with a kubectl that prints its arguments. */
async function silentSystem(): Promise<Folders> {
  const folder = await mkdtemp(join(tmpdir(), 'status-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const folders = { cache: folder, state: join(folder, 'state') };
  const kubectlPath = join(folder, 'kubectl');
  await writeFile(kubectlPath, '#!/bin/sh\necho "kubectl $*"\n');
  await chmod(kubectlPath, 0o755);
  const record = { provider: 'bare', kubeconfigPath: '/k', kubectlPath, url: 'http://127.0.0.1:1' } as const;
  await writeSystemRecord(folders, 'never', record);
  return folders;
}

test('no question to a system that hangs is waited for without end', async () => {
  const printed: string[] = [];
  await expect(showStatus('never', await silentSystem(), (line) => printed.push(line))).rejects.toThrow();
  const questions = printed.filter((line) => line.startsWith('kubectl'));
  expect(questions.length).toBeGreaterThan(0);
  for (const question of questions) expect(question).toContain('--request-timeout=10s');
});
