import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findPrograms, javaFeatureVersion, parseJavaVersion } from './machine.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'machine-test-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

function program(path: string, mode = 0o755): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  chmodSync(path, mode);
  return path;
}

test('programs are found in the order of the PATH', () => {
  const root = folder();
  const second = program(join(root, 'second', 'tool-of-this-test'));
  const first = program(join(root, 'first', 'tool-of-this-test'));
  const env = { PATH: `${dirname(first)}::${dirname(second)}:${dirname(first)}` };
  expect(findPrograms('tool-of-this-test', env)).toEqual([first, second]);
});

test('a file that cannot be run, a folder and a broken link are no programs', () => {
  const root = folder();
  program(join(root, 'text', 'tool-of-this-test'), 0o644);
  mkdirSync(join(root, 'folder', 'tool-of-this-test'), { recursive: true });
  mkdirSync(join(root, 'link'));
  symlinkSync('/no/such/program', join(root, 'link', 'tool-of-this-test'));
  const env = { PATH: ['text', 'folder', 'link', 'nowhere'].map((name) => join(root, name)).join(':') };
  expect(findPrograms('tool-of-this-test', env)).toEqual([]);
});

test.each<{ reason: string; release: string; version: number | undefined }>([
  { reason: 'a release of today', release: 'IMPLEMENTOR="Debian"\nJAVA_VERSION="17.0.15"\n', version: 17 },
  { reason: 'the first of a line', release: 'JAVA_VERSION="21"\n', version: 21 },
  { reason: 'the old scheme, where 8 was called 1.8', release: 'JAVA_VERSION="1.8.0_392"\n', version: 8 },
  { reason: 'no version at all', release: 'JAVA_RUNTIME_VERSION="17"\n', version: undefined },
  { reason: 'no number', release: 'JAVA_VERSION="latest"\n', version: undefined },
])('the version of Java: $reason', ({ release, version }) => {
  expect(parseJavaVersion(release)).toBe(version);
});

test('the version of Java is that of the installation that a link leads to', () => {
  const root = folder();
  const java = program(join(root, 'jdk-21', 'bin', 'java'));
  writeFileSync(join(root, 'jdk-21', 'release'), 'JAVA_VERSION="21.0.1"\n');
  symlinkSync(java, join(root, 'java'));
  expect(javaFeatureVersion(join(root, 'java'))).toBe(21);
  expect(javaFeatureVersion(program(join(root, 'other', 'bin', 'java')))).toBeUndefined();
});
