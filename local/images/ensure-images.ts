import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureArchive, type ArchiveRequest } from './archive.ts';
import type { Image } from './image.ts';
import { pauseImage } from './pause-image.ts';
import { programImage, type Builder } from './program-image.ts';

export interface ImagesRequest extends ArchiveRequest {
  readonly builder: Builder;
  /** Folder with the sources, the Dockerfiles and the installed npm packages; this repository when left out. */
  readonly repository?: string;
}

/** Both images of the product. */
export interface Images {
  readonly operator: Image;
  readonly service: Image;
}

/**
 * Resolves to both images, after building those whose sources have changed, each in a phase. Nothing changed: takes
 * milliseconds and prints nothing. Rejects with the CommandError of the builder that failed.
 */
export async function ensureImages(request: ImagesRequest): Promise<Images> {
  const { builder, repository = join(import.meta.dirname, '..', '..'), folders } = request;
  const place = { builder, repository, cacheFolder: folders.cache };
  return {
    operator: await ensureArchive(programImage({ ...place, program: 'operator' }), request),
    service: await ensureArchive(programImage({ ...place, program: 'service' }), request),
  };
}

/** Resolves to the image of the first process of every pod, which the nodes of a bare cluster cannot pull. Needs Go and buildah. */
export async function ensurePauseImage(request: ArchiveRequest): Promise<Image> {
  return ensureArchive(pauseImage(), request);
}

/** Lines for `npm run image`: the reference, size and archive of each image. */
export function describeImages(images: Images): readonly string[] {
  return [images.operator, images.service].map(({ reference, archivePath }) => {
    const megabytes = (statSync(archivePath).size / 1_000_000).toFixed(0);
    return `${reference}  ${megabytes} MB  ${archivePath}`;
  });
}
