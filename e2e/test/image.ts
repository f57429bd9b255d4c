import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../local/processes/run.ts';

/**
 * Copies a docker-archive tarball under another image name: the same layers, another tag in its manifest.json
 * (the format of `docker save`: moby, image/spec). The copy is the caller's to remove.
 */
export async function retagImage(
  archivePath: string,
  name: string,
): Promise<{ readonly archivePath: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'retag-'));
  const content = join(folder, 'content');
  await mkdir(content);
  await run(['tar', '--extract', '--file', archivePath, '--directory', content]);
  const manifestPath = join(content, 'manifest.json');
  const manifest: readonly object[] = JSON.parse(await readFile(manifestPath, 'utf8'));
  await writeFile(manifestPath, JSON.stringify(manifest.map((image) => ({ ...image, RepoTags: [name] }))));
  const copy = join(folder, 'image.tar');
  // By name, since paths in the manifest do not begin with `./`.
  await run(['tar', '--create', '--file', copy, '--directory', content, ...(await readdir(content))]);
  await rm(content, { recursive: true });
  return { archivePath: copy, remove: () => rm(folder, { recursive: true }) };
}
