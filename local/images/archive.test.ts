import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { archivePrefix, ensureArchive, type ArchiveRequest } from './archive.ts';
import type { ImageRecipe } from './image.ts';

/** A cache of its own, and the titles of the phases that were run. */
function world(): { readonly request: ArchiveRequest; readonly images: string; readonly phases: string[] } {
  const cache = mkdtempSync(join(tmpdir(), 'archive-test-'));
  onTestFinished(() => {
    rmSync(cache, { recursive: true, force: true });
  });
  const phases: string[] = [];
  const run = <T>(title: string, work: () => Promise<T>): Promise<T> => {
    phases.push(title);
    return work();
  };
  const request = {
    folders: { cache, state: cache },
    env: {},
    phases: { finished: [], wallSeconds: () => 0, run },
    print: () => {},
  };
  return { request, images: join(cache, 'images'), phases };
}

function recipe(overrides: Partial<ImageRecipe> = {}): ImageRecipe {
  return {
    reference: 'localhost/tool:aaaaaaaaaaaa',
    key: 'aaaaaaaaaaaa',
    title: 'building the tool',
    build: async (archivePath) => {
      writeFileSync(archivePath, 'whole');
    },
    ...overrides,
  };
}

test('an image is built when it is wanted first, and never again', async () => {
  const { request, images, phases } = world();
  const image = await ensureArchive(recipe(), request);
  expect(image).toEqual({
    reference: 'localhost/tool:aaaaaaaaaaaa',
    archivePath: join(images, 'tool-aaaaaaaaaaaa.tar'),
  });
  expect(readFileSync(image.archivePath, 'utf8')).toBe('whole');
  await ensureArchive(recipe(), request);
  expect(phases).toEqual(['building the tool']);
});

test('two that want the same image at once build it once', async () => {
  const { request, phases } = world();
  await Promise.all([ensureArchive(recipe(), request), ensureArchive(recipe(), request)]);
  expect(phases).toHaveLength(1);
});

test('a build that breaks off leaves no archive, and the next one starts over', async () => {
  const { request, images } = world();
  const breaksOff = recipe({
    build: async (archivePath) => {
      writeFileSync(archivePath, 'half');
      throw new Error('no space left');
    },
  });
  await expect(ensureArchive(breaksOff, request)).rejects.toThrow('no space left');
  expect(existsSync(join(images, 'tool-aaaaaaaaaaaa.tar'))).toBe(false);
  const { archivePath } = await ensureArchive(
    recipe({
      build: async (path) => {
        writeFileSync(path, 'whole', { flag: 'wx' });
      },
    }),
    request,
  );
  expect(readFileSync(archivePath, 'utf8')).toBe('whole');
});

test('of each image the newest three archives are kept, and those of other images are left alone', async () => {
  const { request, images } = world();
  mkdirSync(images, { recursive: true });
  const old = ['tool-000000000001.tar', 'tool-000000000002.tar', 'tool-000000000003.tar', 'tool-set-000000000009.tar'];
  old.forEach((name, i) => {
    writeFileSync(join(images, name), '');
    utimesSync(join(images, name), 1000 + i, 1000 + i);
  });
  await ensureArchive(recipe(), request);
  expect(
    readdirSync(images)
      .filter((name) => name.endsWith('.tar'))
      .sort(),
  ).toEqual(['tool-000000000002.tar', 'tool-000000000003.tar', 'tool-aaaaaaaaaaaa.tar', 'tool-set-000000000009.tar']);
});

test.each<{ reason: string; reference: string; prefix: string }>([
  { reason: 'without host and tag', reference: 'localhost/pause:1', prefix: 'pause' },
  { reason: 'a port is no tag', reference: 'localhost:5000/group/tool:1.2', prefix: 'tool' },
])('the file of an image is called after its name: $reason', ({ reference, prefix }) => {
  expect(archivePrefix(reference)).toBe(prefix);
});
