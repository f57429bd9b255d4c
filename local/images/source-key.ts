import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Program } from '../build.ts';
import { inputsKey } from '../toolchain/artifact.ts';

/** Files that decide what is in both images, beside the sources of each program. */
const sharedFiles = [
  '.dockerignore',
  '.npmrc',
  'LICENSE',
  'local/build.ts',
  'local/source-map.ts',
  'package-lock.json',
  'package.json',
];

/** What never reaches an image (.dockerignore says the same). */
const leftOut = /\.(?:test|contract)\.ts$/;
const leftOutFolder = 'test';

/**
 * Twelve hex digits that differ whenever anything differs that an image is made of: its Dockerfile, the packages, the
 * sources that its build sees, and `base` (what it is built on). They are the tag, so that equal sources are equal images.
 */
export function imageKey(repository: string, program: Program, base: string): string {
  const files = [`Dockerfile.${program}`, ...sharedFiles, ...sourceFiles(join(repository, program), repository)];
  return inputsKey([base, ...files.flatMap((path) => [path, readFileSync(join(repository, path), 'utf8')])]);
}

/** All files below a folder that a build sees, relative to the repository, sorted. */
function sourceFiles(folder: string, repository: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === leftOutFolder ? [] : sourceFiles(path, repository);
      return leftOut.test(entry.name) ? [] : [relative(repository, path)];
    })
    .sort();
}
