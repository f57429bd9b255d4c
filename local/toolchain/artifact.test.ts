import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { artifactFolder, buildArtifact, inputsKey, isBuilt, type Artifact, type BuildWork } from './artifact.ts';

function cacheFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'artifact-test-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

const work: BuildWork = { env: {}, logPath: '/dev/null', print: () => {} };

function artifact(overrides: Partial<Artifact> = {}): Artifact {
  return {
    name: 'tool',
    title: 'building the tool',
    inputs: ['version 1'],
    needs: [],
    build: async (folder) => {
      writeFileSync(join(folder, 'tool'), 'program');
    },
    ...overrides,
  };
}

describe('the key of an artifact', () => {
  test.each<{ reason: string; a: readonly string[]; b: readonly string[] }>([
    { reason: 'a changed input', a: ['x'], b: ['y'] },
    { reason: 'an input more', a: ['x'], b: ['x', ''] },
    { reason: 'another order', a: ['x', 'y'], b: ['y', 'x'] },
    { reason: 'text that moved from one input to the next', a: ['ab', 'c'], b: ['a', 'bc'] },
    { reason: 'a length that looks like another text', a: ['1:a'], b: ['1', 'a'] },
  ])('is another one for $reason', ({ a, b }) => {
    expect(inputsKey(a)).not.toBe(inputsKey(b));
  });

  test('is another one on another kind of machine', () => {
    expect(inputsKey(['x'], 'linux-x64')).not.toBe(inputsKey(['x'], 'linux-arm64'));
  });

  test('is the same for the same inputs, and fit for a file name', () => {
    expect(inputsKey(['x', 'y'])).toBe(inputsKey(['x', 'y']));
    expect(inputsKey(['x'])).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe('an artifact', () => {
  test('is built once it has been built, and stays so for the next run', async () => {
    const cache = cacheFolder();
    expect(isBuilt(cache, artifact())).toBe(false);
    await buildArtifact(cache, artifact(), work);
    expect(isBuilt(cache, artifact())).toBe(true);
    expect(readFileSync(join(artifactFolder(cache, artifact()), 'tool'), 'utf8')).toBe('program');
  });

  test('whose inputs changed is not built, and leaves the one before in place', async () => {
    const cache = cacheFolder();
    await buildArtifact(cache, artifact(), work);
    expect(isBuilt(cache, artifact({ inputs: ['version 2'] }))).toBe(false);
    expect(isBuilt(cache, artifact())).toBe(true);
  });

  test('whose build failed half-way is not built, although its files look whole', async () => {
    const cache = cacheFolder();
    const broken = artifact({
      build: async (folder) => {
        writeFileSync(join(folder, 'tool'), 'half a pro');
        throw new Error('out of disk');
      },
    });
    await expect(buildArtifact(cache, broken, work)).rejects.toThrow('out of disk');
    expect(isBuilt(cache, artifact())).toBe(false);
  });

  test('starts from an empty folder after a build that was cut off', async () => {
    const cache = cacheFolder();
    const cutOff = artifact({
      build: async (folder) => {
        writeFileSync(join(folder, 'rest-of-before'), '');
        throw new Error('cut off');
      },
    });
    await expect(buildArtifact(cache, cutOff, work)).rejects.toThrow('cut off');
    await buildArtifact(cache, artifact(), work);
    expect(existsSync(join(artifactFolder(cache, artifact()), 'rest-of-before'))).toBe(false);
  });

  test('that has become useless since is not built', async () => {
    const cache = cacheFolder();
    await buildArtifact(cache, artifact(), work);
    expect(isBuilt(cache, artifact({ isUsable: () => false }))).toBe(false);
  });
});
