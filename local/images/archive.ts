import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Folders } from '../folders.ts';
import type { Phases } from '../phases.ts';
import { withLock } from '../toolchain/lock.ts';
import type { Image, ImageRecipe } from './image.ts';

export interface ArchiveRequest {
  readonly folders: Folders;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly phases: Phases;
  /** Progress inside a phase. */
  readonly print: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** How many archives of each image are kept: the newest, and some to go back to. */
const keptArchives = 3;

/**
 * Resolves to the image of a recipe: from the cache, or built now in a phase of its own. The archive gets its final name
 * when it is whole. Two runs at once: one builds, the other waits.
 */
export async function ensureArchive(recipe: ImageRecipe, request: ArchiveRequest): Promise<Image> {
  const folder = join(request.folders.cache, 'images');
  const prefix = `${archivePrefix(recipe.reference)}-`;
  const image = { reference: recipe.reference, archivePath: join(folder, `${prefix}${recipe.key}.tar`) };
  const build = async (): Promise<void> => {
    if (existsSync(image.archivePath)) return;
    await request.phases.run(recipe.title, () => buildArchive(recipe, image, request));
    prune(folder, prefix);
  };
  if (!existsSync(image.archivePath)) {
    mkdirSync(folder, { recursive: true });
    const onWait = (): void => {
      request.print('another run is building images: waiting for it ...');
    };
    await withLock(join(folder, '.lock'), build, { onWait, signal: request.signal });
  }
  return image;
}

/** The last part of a reference, without its tag: `localhost/pause:1` is `pause`. */
export function archivePrefix(reference: string): string {
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  return name.slice(0, name.lastIndexOf(':'));
}

async function buildArchive(recipe: ImageRecipe, { archivePath }: Image, request: ArchiveRequest): Promise<void> {
  const { folders, env, signal, print } = request;
  const unfinished = `${archivePath}.unfinished`;
  rmSync(unfinished, { force: true });
  const logPath = join(folders.cache, 'images', 'logs', `${archivePrefix(recipe.reference)}.log`);
  rmSync(logPath, { force: true });
  await recipe.build(unfinished, { env, signal, logPath, print });
  renameSync(unfinished, archivePath);
}

/** Removes the oldest archives of an image beyond those that are kept. */
function prune(folder: string, prefix: string): void {
  const archives = readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && /^[0-9a-f]{12}\.tar$/.test(name.slice(prefix.length)))
    .map((name) => ({ path: join(folder, name), modifiedMs: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.modifiedMs - a.modifiedMs);
  for (const { path } of archives.slice(keptArchives)) rmSync(path);
}
