import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Requirement } from './requirement.ts';

/** Something that is built or fetched once, into a folder of its own, and then used by every later run. */
export interface Artifact {
  /** Starts the name of its folder; kebab-case. */
  readonly name: string;
  /** What happens while it is built, and why, in a few words for whoever waits. */
  readonly title: string;
  /** Everything that decides what comes out: contents of committed files, versions, flags. Other inputs, another folder. */
  readonly inputs: readonly string[];
  /** What the machine must have to build it, but not to use it. */
  readonly needs: readonly Requirement[];
  /** Fills the folder. What an interrupted run began is gone before. */
  build(folder: string, work: BuildWork): Promise<void>;
  /** Whether a finished folder is still of use, where that can change later; always when left out. */
  isUsable?(folder: string): boolean;
}

/** What a build is given. */
export interface BuildWork {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the build writes all that its commands print. */
  readonly logPath: string;
  /** For progress: one line at a time, not too many. */
  readonly print: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const completeMark = '.complete';

/** Twelve hex digits that differ whenever one of the inputs differs, or the kind of machine. */
export function inputsKey(inputs: readonly string[], machine: string = `${process.platform}-${process.arch}`): string {
  const hash = createHash('sha256');
  // The length before each text: ['ab', 'c'] must not count as ['a', 'bc'].
  for (const input of [machine, ...inputs]) hash.update(`${Buffer.byteLength(input)}:`).update(input);
  return hash.digest('hex').slice(0, 12);
}

/** Where an artifact is, or will be, below the cache folder. */
export function artifactFolder(cache: string, artifact: Artifact): string {
  return join(cache, 'toolchain', `${artifact.name}-${inputsKey(artifact.inputs)}`);
}

/** Whether an artifact is there as a whole: half of one, left by an interrupted run, does not count. */
export function isBuilt(cache: string, artifact: Artifact): boolean {
  const folder = artifactFolder(cache, artifact);
  return existsSync(join(folder, completeMark)) && (artifact.isUsable?.(folder) ?? true);
}

/**
 * Builds an artifact in its final folder, since a Python environment cannot be moved; only the mark that is written
 * last makes it count. Not safe against a second build of the same at the same time: that is the caller's lock.
 */
export async function buildArtifact(cache: string, artifact: Artifact, work: BuildWork): Promise<void> {
  const folder = artifactFolder(cache, artifact);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await artifact.build(folder, work);
  writeFileSync(join(folder, completeMark), '');
}
