import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { BuildWork } from '../toolchain/artifact.ts';
import { programImage } from './program-image.ts';
import type { ImageRecipe } from './image.ts';

const thisRepository = join(import.meta.dirname, '..', '..');

/** A repository with a program of one line, and a `docker` on the PATH that only writes down how it was called. */
function world(docker = ''): { readonly folder: string; readonly recipe: ImageRecipe; readonly work: BuildWork } {
  const folder = mkdtempSync(join(tmpdir(), 'program-image-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const copied = ['.dockerignore', '.npmrc', 'Dockerfile.service', 'LICENSE', 'package.json', 'package-lock.json'];
  for (const path of [...copied, 'local/build.ts', 'local/source-map.ts']) {
    cpSync(join(thisRepository, path), join(folder, path), { recursive: true });
  }
  mkdirSync(join(folder, 'service'));
  writeFileSync(join(folder, 'service', 'main.ts'), 'console.log();');
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'docker'), `#!/bin/sh\necho "$*" >> ${folder}/calls\n${docker}\n`, { mode: 0o755 });
  const recipe = programImage({ builder: 'docker', program: 'service', repository: folder, cacheFolder: folder });
  const env = { PATH: `${folder}/bin:${process.env['PATH'] ?? ''}` };
  return { folder, recipe, work: { env, logPath: join(folder, 'log'), print: () => {} } };
}

test('a Docker engine builds the image and then writes its archive', async () => {
  const { folder, recipe, work } = world();
  await recipe.build('/archive.tar', work);
  expect(recipe.reference).toBe(`localhost/document-service:${recipe.key}`);
  expect(readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')).toEqual([
    expect.stringMatching(
      `^build --tag=${recipe.reference} --file=${folder}/Dockerfile.service --build-arg=VERSION=\\S+ ${folder}$`,
    ),
    `save --output=/archive.tar ${recipe.reference}`,
  ]);
});

test('a failed build is an error that holds what the builder said, and no archive is written', async () => {
  const { folder, recipe, work } = world('echo "no such base image" >&2; exit 1');
  await expect(recipe.build(join(folder, 'archive.tar'), work)).rejects.toThrow(
    /docker build [^]*exit status 1\n {2}no such base/,
  );
  expect(readFileSync(join(folder, 'calls'), 'utf8')).not.toContain('save');
  expect(existsSync(join(folder, 'archive.tar'))).toBe(false);
});

test('sources that change while they are built are no image: it would pass for the sources of before', async () => {
  const { recipe, work } = world('echo "// edited" >> "$(dirname "$0")/../service/main.ts"');
  await expect(recipe.build('/archive.tar', work)).rejects.toThrow('the sources of the service changed');
});

test('an image of Docker and one of buildah have different tags: their base images differ', () => {
  const { folder, recipe } = world();
  const other = programImage({ builder: 'buildah', program: 'service', repository: folder, cacheFolder: folder });
  expect(other.key).not.toBe(recipe.key);
});
