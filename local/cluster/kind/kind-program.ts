import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Folders } from '../../folders.ts';
import type { Phases } from '../../phases.ts';
import { run } from '../../processes/run.ts';
import { artifactFolder, buildArtifact, isBuilt, type Artifact } from '../../toolchain/artifact.ts';
import { goBuild, goRequirement, requiredVersion, toolsOf } from '../../toolchain/go-program.ts';
import { findPrograms } from '../../toolchain/machine.ts';
import type { CommandRunner } from './docker.ts';

type Env = Readonly<Record<string, string | undefined>>;

const moduleFolder = join(import.meta.dirname, 'module');
const goMod = readFileSync(join(moduleFolder, 'go.mod'), 'utf8');

/** The version of kind that cluster.yaml is written for, such as `v0.31.0`; later ones will do. */
export const KIND_VERSION = requiredVersion(goMod, 'sigs.k8s.io/kind');

/** A kind on the search path that is new enough; undefined where there is none. */
export async function findKind(env: Env, runCommand: CommandRunner = run): Promise<string | undefined> {
  for (const program of findPrograms('kind', env)) {
    const printed = await runCommand([program, 'version'], { env }).catch((error: unknown) => String(error));
    if (isNewEnough(printed)) return program;
  }
  return undefined;
}

/** Whether the output of `kind version` (`kind v0.31.0 go1.25.5 linux/amd64`) names KIND_VERSION or a later one. */
export function isNewEnough(printed: string): boolean {
  const numbers = (text: string): readonly number[] => (/\bv(\d+)\.(\d+)\.(\d+)/.exec(text) ?? []).slice(1).map(Number);
  const have = numbers(printed);
  const different = numbers(KIND_VERSION).map((wanted, index) => (have[index] ?? -1) - wanted);
  return (different.find((difference) => difference !== 0) ?? 0) >= 0;
}

/** The kind on the search path, or else one that is built with Go once and kept in the cache: its absolute path. */
export async function ensureKind(folders: Folders, env: Env, phases: Phases, signal?: AbortSignal): Promise<string> {
  const found = await findKind(env);
  if (found !== undefined) return found;
  const artifact = kindArtifact(env);
  if (!isBuilt(folders.cache, artifact)) {
    const logPath = join(folders.cache, 'toolchain', 'logs', 'kind.log');
    const work = { env, logPath, print: () => {}, signal };
    await phases.run(artifact.title, () => buildArtifact(folders.cache, artifact, work));
  }
  return join(artifactFolder(folders.cache, artifact), 'kind');
}

function kindArtifact(env: Env): Artifact {
  const goSum = readFileSync(join(moduleFolder, 'go.sum'), 'utf8');
  const command = (out: string) => goBuild(out, toolsOf(goMod), {});
  return {
    name: 'kind',
    title: 'building kind, which runs the nodes of the cluster as containers',
    inputs: [goMod, goSum, command('out').join(' ')],
    needs: [goRequirement(moduleFolder, env)],
    async build(folder, { env: buildEnv, logPath, signal }) {
      const settings = { ...buildEnv, CGO_ENABLED: '0', GOWORK: 'off' };
      await run(command(join(folder, 'kind')), { cwd: moduleFolder, env: settings, logPath, signal });
    },
  };
}
