import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { imageKey } from './source-key.ts';

const pathsOfRepository = [
  '.dockerignore',
  '.npmrc',
  'Dockerfile.operator',
  'Dockerfile.service',
  'LICENSE',
  'local/build.ts',
  'local/source-map.ts',
  'operator/main.ts',
  'package-lock.json',
  'package.json',
  'service/http/app.ts',
  'service/main.ts',
];

/** A repository in small, and a way to write one of its files. */
function repository(): { readonly folder: string; readonly write: (path: string, text: string) => void } {
  const folder = mkdtempSync(join(tmpdir(), 'source-key-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const path of pathsOfRepository) {
    write(path, path);
  }
  return { folder, write };
}

const keyOf = (folder: string, base = 'base 1'): string => imageKey(folder, 'service', base);

test.each([
  { path: 'service/main.ts', reason: 'the program' },
  { path: 'service/http/app.ts', reason: 'a source in a folder' },
  { path: 'service/new.ts', reason: 'a source more' },
  { path: 'Dockerfile.service', reason: 'its Dockerfile' },
  { path: 'package-lock.json', reason: 'the packages' },
  { path: '.dockerignore', reason: 'what its build sees' },
  { path: 'local/build.ts', reason: 'how it is bundled' },
])('a change of $path makes another image: $reason', ({ path }) => {
  const { folder, write } = repository();
  const before = keyOf(folder);
  write(path, 'changed');
  expect(keyOf(folder)).not.toBe(before);
});

test.each([
  { path: 'operator/main.ts', reason: 'the other program' },
  { path: 'Dockerfile.operator', reason: 'the other Dockerfile' },
  { path: 'service/main.test.ts', reason: 'a test' },
  { path: 'service/stores.contract.ts', reason: 'a contract suite' },
  { path: 'service/test/builders.ts', reason: 'what tests are built with' },
  { path: 'README.md', reason: 'no part of a build' },
])('a change of $path makes no other image: $reason', ({ path }) => {
  const { folder, write } = repository();
  const before = keyOf(folder);
  write(path, 'changed');
  expect(keyOf(folder)).toBe(before);
});

test('another base makes another image', () => {
  const { folder } = repository();
  expect(keyOf(folder, 'base 2')).not.toBe(keyOf(folder, 'base 1'));
});

test('where the repository lies does not matter', () => {
  const { folder } = repository();
  const copy = repository();
  cpSync(folder, copy.folder, { recursive: true });
  expect(keyOf(copy.folder)).toBe(keyOf(folder));
});
