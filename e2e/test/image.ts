import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Copies a docker-archive tarball under another image name: the same layers, another tag in its manifest.json
 * (the format of `docker save`: moby, image/spec). The copy is the caller's to remove.
 */
export async function retagImage(
  archivePath: string,
  name: string,
): Promise<{ readonly archivePath: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'retag-'));
  const copy = join(folder, 'image.tar');
  await copyFile(archivePath, copy);
  await run('tar', ['--extract', '--file', copy, '--directory', folder, 'manifest.json']);
  const manifest: readonly object[] = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest.map((image) => ({ ...image, RepoTags: [name] }))));
  await run('tar', ['--delete', '--file', copy, 'manifest.json']);
  await run('tar', ['--append', '--file', copy, '--directory', folder, 'manifest.json']);
  return { archivePath: copy, remove: () => rm(folder, { recursive: true }) };
}
