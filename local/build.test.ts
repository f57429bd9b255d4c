import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bundle, packagesOf, type BundlePlace } from './build.ts';
import { run } from './processes/run.ts';

/** A repository whose service says something, and which has a package that still uses `require`. */
function repository(main: string): BundlePlace {
  const folder = mkdtempSync(join(tmpdir(), 'build-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const files: Readonly<Record<string, string>> = {
    'service/main.ts': main,
    'node_modules/@old/style/package.json': '{ "name": "@old/style", "version": "1.2.3", "license": "MIT" }',
    'node_modules/@old/style/index.js': "exports.sep = require('node:path').sep;",
    'node_modules/@old/style/LICENSE.md': 'Permission is hereby granted',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return { repository: folder, outFolder: join(folder, 'dist') };
}

test('a bundle runs without its packages, also those that use require', async () => {
  const place = repository("import { sep } from '@old/style';\nconsole.log('separator', sep);\n");
  const { path, packages } = await bundle('service', place);
  rmSync(join(place.repository, 'node_modules'), { recursive: true });
  await expect(run([process.execPath, path])).resolves.toBe('separator /\n');
  expect(packages).toEqual(['@old/style']);
});

test('a stack trace names the line of the source', async () => {
  const place = repository(
    'type Text = string;\n\nfunction fail(text: Text): never {\n  throw new Error(text);\n}\nfail("x");\n',
  );
  const { path } = await bundle('service', place);
  await expect(run([process.execPath, '--enable-source-maps', path])).rejects.toThrow(
    /at fail \(\S+\/service\/main\.ts:4:1\)[^]*at \S+ \(?\S+\/service\/main\.ts:6:1/,
  );
});

test('the licences of the packages come with the bundle', async () => {
  const { licencesPath } = await bundle('service', repository("import '@old/style';\n"));
  expect(readFileSync(licencesPath, 'utf8')).toContain('@old/style 1.2.3 (MIT)\n\nPermission is hereby granted');
});

test('a source that cannot be bundled is named with its line', async () => {
  await expect(bundle('service', repository("\nimport './gone.ts';\n"))).rejects.toThrow(
    'service/main.ts:2:7: ERROR: Could not resolve "./gone.ts"',
  );
});

test('packages are told apart by their folder, also one inside another and those with a scope', () => {
  const paths = ['service/main.ts', 'node_modules/a/index.js', 'node_modules/a/lib/b.js'];
  const nested = ['node_modules/a/node_modules/@s/b/index.js', 'node_modules/@s/b/index.js'];
  const inputs = Object.fromEntries([...paths, ...nested].map((path) => [path, { bytes: 1, imports: [] }]));
  expect(packagesOf({ inputs })).toEqual(['node_modules/@s/b', 'node_modules/a', 'node_modules/a/node_modules/@s/b']);
});
