import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { describeProcess } from './host/processes.ts';
import { nextSteps, start } from './start.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-'));
  // No Docker, no Go, nothing: no cluster can run.
  vi.stubEnv('PATH', '/nowhere');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test.each(['kind', 'bare', undefined] as const)(
  'a machine that cannot run --cluster %s is told what is missing, and nothing is taken down that was never begun',
  async (provider) => {
    const printed: string[] = [];
    const folders = { cache: join(folder, 'cache'), state: join(folder, 'state') };
    const command = { verb: 'start', detach: false, name: 'never', provider } as const;
    const starting = start(command, folders, (line) => printed.push(line), new AbortController().signal);
    await expect(starting).rejects.toThrow(/no cluster can run on this machine/);
    expect(printed).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  },
);

/** A program that does what `script` says; `$FOLDER` is a folder of this test. */
async function fakeProgram(name: string, script: string): Promise<void> {
  const path = join(folder, 'bin', name);
  await mkdir(join(folder, 'bin'), { recursive: true });
  await writeFile(path, `#!/bin/sh\nFOLDER='${folder}'\n${script}\n`);
  await chmod(path, 0o755);
}

const hangs = 'echo $$ > "$FOLDER/pid.unfinished"; mv "$FOLDER/pid.unfinished" "$FOLDER/pid"; exec sleep 1000';

test.each([
  { kind: 'exit 1', docker: 'echo 28.0.0', go: hangs, reason: 'a program of the toolchain' },
  {
    kind: 'echo kind v99.0.0',
    docker: `case "$1" in version) echo 28.0.0 ;; *) ${hangs} ;; esac`,
    go: 'exit 1',
    reason: 'an image',
  },
])(
  'a stop while $reason is built ends the build and leaves nothing running',
  async ({ kind, docker, go }) => {
    vi.stubEnv('PATH', `${join(folder, 'bin')}:/usr/bin:/bin`);
    for (const [name, script] of Object.entries({ kind, docker, go })) await fakeProgram(name, script);
    const folders = { cache: join(folder, 'cache'), state: join(folder, 'state') };
    const stop = new AbortController();
    const printed: string[] = [];
    const command = { verb: 'start', detach: false, name: 'never', provider: 'kind' } as const;
    const starting = start(command, folders, (line) => printed.push(line), stop.signal);
    const pid = await vi.waitFor(async () => Number(await readFile(join(folder, 'pid'), 'utf8')), 20_000);
    stop.abort();
    await starting;
    expect(await describeProcess(pid)).toBe(String(pid));
    expect(printed.join('\n')).not.toContain('aking everything down');
  },
  30_000,
);

test('what is printed to go on with can be pasted as it is: kubectl is found first', () => {
  const steps = nextSteps({
    kubeconfigPath: '/state/one/kubeconfig',
    kubectlPath: '/cache/k8s/kubectl',
    url: 'http://x',
  });
  const lines = steps.split('\n');
  expect(lines[0]).toBe('export PATH=/cache/k8s:$PATH');
  expect(lines.findIndex((line) => line.startsWith('kubectl'))).toBeGreaterThan(0);
});
