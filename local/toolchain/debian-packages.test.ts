import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { aptInstall, choosePackages, parseInstallable, runToItsEnd, servicePolicy } from './debian-packages.ts';
import type { Requirement } from './requirement.ts';

function requirement(what: string, ...packages: readonly string[]): Requirement {
  return { what, packages, remedy: '', unmet: async () => '' };
}

const policies = `openjdk-21-jre-headless:
  Installed: (none)
  Candidate: (none)
  Version table:
openjdk-17-jre-headless:
  Installed: (none)
  Candidate: 17.0.15+6-1~deb12u1
  Version table:
     17.0.15+6-1~deb12u1 500
haproxy:
  Installed: 2.6.12-1
  Candidate: 2.6.12-1+deb12u4
`;

test('a package counts as installable when apt has a version of it, not when it merely knows its name', () => {
  expect([...parseInstallable(policies)]).toEqual(['openjdk-17-jre-headless', 'haproxy']);
});

describe('the choice of packages', () => {
  test('takes the first that this release of Debian has', () => {
    const java = requirement('Java', 'openjdk-21-jre-headless', 'openjdk-17-jre-headless');
    expect(choosePackages([java], parseInstallable(policies))).toEqual(['openjdk-17-jre-headless']);
  });

  test('names a package once, although two programs come with it', () => {
    const wanted = [requirement('containerd', 'containerd'), requirement('ctr', 'containerd')];
    expect(choosePackages(wanted, new Set(['containerd']))).toEqual(['containerd']);
  });

  test('fails with the name of what cannot be had', () => {
    expect(() => choosePackages([requirement('a moon', 'moon', 'luna')], new Set())).toThrow(
      'apt-get knows none of moon, luna, which bring a moon',
    );
  });
});

test('the installation asks nothing, removes nothing and waits for another one', () => {
  const argv = aptInstall(['runc']);
  expect(argv).toEqual(expect.arrayContaining(['--yes', '--no-remove', '--no-install-recommends']));
  expect(argv).toContain('DPkg::Lock::Timeout=300');
  expect(argv.at(-1)).toBe('runc');
});

describe('the policy that keeps services from starting', () => {
  const exitStatus = (pid: number): number | null => spawnSync('sh', ['-c', servicePolicy(pid)]).status;

  test('denies while the installing process lives', () => {
    expect(exitStatus(process.pid)).toBe(101);
  });

  test('allows once that process is gone, in case it could not clean up', () => {
    expect(exitStatus(2 ** 30)).toBe(0);
  });
});

describe('an installation under way when a stop comes', () => {
  test('goes on to its end, which is said and waited for, and nothing comes after it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'debian-packages-test-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const at = (name: string): string => join(folder, name);
    const script = `echo > "$0/begun"; while [ ! -e "$0/go" ]; do sleep 0.02; done; echo whole > "$0/ended"`;
    const stop = new AbortController();
    const printed: string[] = [];
    const print = (line: string): void => void printed.push(line);
    const work = { env: process.env, logPath: at('log'), print, signal: stop.signal };
    const running = runToItsEnd(['sh', '-c', script, folder], work);
    await vi.waitFor(() => expect(existsSync(at('begun'))).toBe(true), 10_000);
    stop.abort(new Error('Ctrl-C'));
    expect(printed).toEqual([expect.stringMatching(/must not end half-way: waiting for it/)]);
    writeFileSync(at('go'), '');
    await expect(running).rejects.toThrow('Ctrl-C');
    expect(readFileSync(at('ended'), 'utf8')).toBe('whole\n');
    await expect(runToItsEnd(['never-run'], work)).rejects.toThrow('Ctrl-C');
  });
});
