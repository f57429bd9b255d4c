import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../build.ts';
import { run } from '../processes/run.ts';
import { artifactFolder, buildArtifact, isBuilt, type BuildWork } from '../toolchain/artifact.ts';
import { buildCommand, pushCommand, removeContainersCommand, removeImageCommand } from './buildah.ts';
import { dockerBuild, dockerSave } from './docker.ts';
import type { ImageRecipe } from './image.ts';
import { baseImages, nodeBase } from './node-base.ts';
import { imageKey } from './source-key.ts';

/** What builds images: a Docker engine on public base images, or buildah on base images made of this machine's Node. */
export type Builder = 'docker' | 'buildah';

const repositories: Readonly<Record<Program, string>> = {
  operator: 'localhost/document-service-operator',
  service: 'localhost/document-service',
};

interface ProgramImageOptions {
  readonly builder: Builder;
  readonly program: Program;
  /** Folder with the sources, the Dockerfiles and the installed npm packages. */
  readonly repository: string;
  readonly cacheFolder: string;
}

/** The image of a program, from its Dockerfile. Its tag is its key: equal sources are the same image. */
export function programImage(options: ProgramImageOptions): ImageRecipe {
  const { builder, program, repository, cacheFolder } = options;
  const base = nodeBase();
  const currentKey = (): string =>
    imageKey(repository, program, builder === 'docker' ? builder : artifactFolder('', base));
  const key = currentKey();
  const reference = `${repositories[program]}:${key}`;
  const dockerfile = join(repository, `Dockerfile.${program}`);
  const version = { VERSION: productVersion(repository) };
  return {
    reference,
    key,
    title: `building the image of the ${program} from Dockerfile.${program} with ${builder}`,
    async build(archivePath, work) {
      if (builder === 'docker') {
        const build = dockerBuild({ reference, dockerfile, contextFolder: repository, buildArgs: version });
        await runAll([build, dockerSave(reference, archivePath)], work);
      } else {
        if (!isBuilt(cacheFolder, base)) await buildArtifact(cacheFolder, base, work);
        const storage = { folder: artifactFolder(cacheFolder, base) };
        const buildArgs = { ...version, BUILD_IMAGE: baseImages.build, RUNTIME_IMAGE: baseImages.runtime };
        const mounts = { '/src/node_modules': join(repository, 'node_modules') };
        const build = buildCommand(storage, { reference, dockerfile, contextFolder: repository, buildArgs, mounts });
        const removeAfter = removeImageCommand(storage, reference);
        await runAll(
          [removeContainersCommand(storage), build, pushCommand(storage, reference, archivePath), removeAfter],
          work,
        );
      }
      // Otherwise the archive would pass for what it is not, now and in every later run.
      if (currentKey() !== key)
        throw new Error(`the sources of the ${program} changed while its image was built: run it again`);
    },
  };
}

async function runAll(commands: readonly (readonly [string, ...string[]])[], work: BuildWork): Promise<void> {
  for (const argv of commands) await run(argv, { env: work.env, logPath: work.logPath, signal: work.signal });
}

function productVersion(repository: string): string {
  const manifest: { readonly version: string } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  return manifest.version;
}
