import type { BuildWork } from '../toolchain/artifact.ts';

/** A built container image as a docker-archive: one tarball that `ctr images import`, `docker load` and `kind load image-archive` read. */
export interface Image {
  /** Its name with its tag, such as `localhost/document-service:1a2b3c4d5e6f`. */
  readonly reference: string;
  /** Absolute path of the tarball, which carries that reference. */
  readonly archivePath: string;
}

/** How an image comes about. */
export interface ImageRecipe {
  readonly reference: string;
  /** Twelve hex digits that differ whenever anything differs that the image is made of. */
  readonly key: string;
  /** What happens while it is built, in a few words for whoever waits. */
  readonly title: string;
  /** Writes the docker-archive. */
  build(archivePath: string, work: BuildWork): Promise<void>;
}
