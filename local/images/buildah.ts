import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandLine } from '../processes/run.ts';

/** Where buildah keeps images: a storage of our own, so that those of the user stay as they are. */
export interface ImageStorage {
  readonly folder: string;
}

/** What to build: a Dockerfile and the folder that it copies from. */
export interface BuildahBuild {
  readonly reference: string;
  readonly dockerfile: string;
  readonly contextFolder: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Folders of this host that the build's commands see read-only, by the absolute path at which they see them. */
  readonly mounts?: Readonly<Record<string, string>>;
}

const policyFile = 'policy.json';

/** Makes the folder of a storage ready for the commands below. */
export function prepareStorage({ folder }: ImageStorage): void {
  // All images here are our own; the policy of the machine is about images that come from elsewhere (policy.json(5)).
  writeFileSync(join(folder, policyFile), JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
}

/**
 * Builds an image. `chroot` isolation and the `vfs` driver need neither a container runtime nor overlay mounts, so this
 * also works inside a container; nothing is ever pulled.
 */
export function buildCommand(storage: ImageStorage, build: BuildahBuild): CommandLine {
  const args = Object.entries(build.buildArgs ?? {}).map(([key, value]) => `--build-arg=${key}=${value}`);
  const mounts = Object.entries(build.mounts ?? {}).map(([inside, outside]) => `--volume=${outside}:${inside}:ro`);
  const where = [`--tag=${build.reference}`, `--file=${build.dockerfile}`, build.contextFolder];
  return buildah(storage, [
    'bud',
    '--isolation=chroot',
    '--pull-never',
    ...signatures(storage),
    ...args,
    ...mounts,
    ...where,
  ]);
}

/** Writes an image to a docker-archive that carries its reference. */
export function pushCommand(storage: ImageStorage, reference: string, archivePath: string): CommandLine {
  return buildah(storage, ['push', ...signatures(storage), reference, `docker-archive:${archivePath}:${reference}`]);
}

/** Removes the working containers that an interrupted build left. */
export function removeContainersCommand(storage: ImageStorage): CommandLine {
  return buildah(storage, ['rm', '--all']);
}

/** Removes an image; what is built on it stays whole. */
export function removeImageCommand(storage: ImageStorage, reference: string): CommandLine {
  return buildah(storage, ['rmi', '--force', reference]);
}

function buildah({ folder }: ImageStorage, args: readonly string[]): CommandLine {
  const storage = [`--root=${join(folder, 'root')}`, `--runroot=${join(folder, 'run')}`, '--storage-driver=vfs'];
  return ['buildah', ...storage, ...args];
}

function signatures({ folder }: ImageStorage): readonly string[] {
  return [`--signature-policy=${join(folder, policyFile)}`];
}
