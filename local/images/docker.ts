import type { CommandLine } from '../processes/run.ts';

/** What to build: a Dockerfile and the folder that it copies from. */
export interface DockerBuild {
  readonly reference: string;
  readonly dockerfile: string;
  readonly contextFolder: string;
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** Builds an image with the Docker engine, on the public base images that its Dockerfile names. */
export function dockerBuild({ reference, dockerfile, contextFolder, buildArgs }: DockerBuild): CommandLine {
  const args = Object.entries(buildArgs).map(([key, value]) => `--build-arg=${key}=${value}`);
  return ['docker', 'build', `--tag=${reference}`, `--file=${dockerfile}`, ...args, contextFolder];
}

/** Writes an image of the Docker engine to an archive that carries its reference. */
export function dockerSave(reference: string, archivePath: string): CommandLine {
  return ['docker', 'save', `--output=${archivePath}`, reference];
}
