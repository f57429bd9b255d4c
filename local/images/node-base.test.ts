import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../processes/run.ts';
import { layOutNodeBase, parseLibraries } from './node-base.ts';

const ldd = `\tlinux-vdso.so.1 (0x00007fa3f9768000)
\tlibstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007fa3f9400000)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007fa3f921e000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007fa3f976a000)
`;

test('the libraries of a program are the files that ldd found, with the loader and without what the kernel brings', () => {
  expect(parseLibraries(ldd)).toEqual([
    '/lib/x86_64-linux-gnu/libstdc++.so.6',
    '/lib/x86_64-linux-gnu/libc.so.6',
    '/lib64/ld-linux-x86-64.so.2',
  ]);
});

test('a library that is not installed is an error, not an image whose program cannot start', () => {
  expect(() => parseLibraries('\tlibatomic.so.1 => not found\n')).toThrow('not installed: libatomic.so.1');
});

test('the laid out tree has a Node that runs on the libraries beside it, for a user who is not root', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'node-base-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  await layOutNodeBase(folder, process.execPath);
  const runtime = join(folder, 'runtime');
  const node = join(runtime, 'nodejs', 'bin', 'node');
  const libraries = parseLibraries(await run(['ldd', process.execPath]));
  const loader = libraries.find((path) => path.includes('/ld-linux')) ?? '';
  const libraryPath = [...new Set(libraries.map((path) => join(runtime, path, '..')))].join(':');
  await expect(run([join(runtime, loader), '--library-path', libraryPath, node, '--version'])).resolves.toBe(
    `${process.version}\n`,
  );
  expect(readFileSync(join(runtime, 'etc', 'passwd'), 'utf8')).toContain('nonroot:x:65532:65532:');
  expect(readFileSync(join(runtime, 'etc', 'ssl', 'certs', 'ca-certificates.crt'), 'utf8')).toContain(
    'BEGIN CERTIFICATE',
  );
  expect(statSync(join(runtime, 'tmp')).mode & 0o7777).toBe(0o1777);
});
