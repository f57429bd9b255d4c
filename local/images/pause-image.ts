import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../processes/run.ts';
import { inputsKey } from '../toolchain/artifact.ts';
import { buildCommand, prepareStorage, pushCommand } from './buildah.ts';
import type { ImageRecipe } from './image.ts';

const source = join(import.meta.dirname, 'pause');

/** The reference that a bare cluster names to containerd. It is not pulled: every node gets the archive. */
const reference = 'localhost/pause:1';

/** The image of the first process of every pod, built from pause/ as a static program in an otherwise empty image. */
export function pauseImage(): ImageRecipe {
  const inputs = ['main.go', 'go.mod', 'Dockerfile'].map((name) => readFileSync(join(source, name), 'utf8'));
  return {
    reference,
    key: inputsKey(inputs),
    title: 'building the pause image, the first process of every pod',
    async build(archivePath, { env, logPath, signal }) {
      const folder = `${archivePath}.work`;
      const contextFolder = join(folder, 'context');
      const storage = { folder };
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(contextFolder, { recursive: true });
      prepareStorage(storage);
      const goBuild = ['-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', join(contextFolder, 'pause'), '.'];
      const goEnv = { ...env, CGO_ENABLED: '0', GOWORK: 'off' };
      await run(['go', 'build', ...goBuild], { cwd: source, env: goEnv, logPath, signal });
      const dockerfile = join(source, 'Dockerfile');
      await run(buildCommand(storage, { reference, dockerfile, contextFolder }), { env, logPath, signal });
      await run(pushCommand(storage, reference, archivePath), { env, logPath, signal });
      rmSync(folder, { recursive: true });
    },
  };
}
