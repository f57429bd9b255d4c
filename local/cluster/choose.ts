import { missingFor, type Machine } from '../capabilities.ts';
import { CommandError, run, type RunOptions } from '../processes/run.ts';
import { findKind, KIND_VERSION } from './kind/kind-program.ts';
import type { CommandRunner } from './kind/docker.ts';

type Env = Readonly<Record<string, string | undefined>>;
type Provider = 'bare' | 'kind';

/** For each provider what this machine lacks, in words that say how to get it; nothing when it can run. Each asks only when it is called. */
export type Lacks = Readonly<Record<Provider, () => Promise<readonly string[]>>>;

/** How this machine is looked at. */
interface Look {
  readonly env: Env;
  readonly run?: CommandRunner;
  /** An engine that has not answered by then is taken as absent (default 5000); a healthy one takes some tens of milliseconds. */
  readonly engineTimeoutMs?: number;
}

/**
 * The provider for this machine: the one that is asked for, else kind where a Docker engine answers, else bare. Throws an
 * error that lists what is missing: for the provider that was asked for, else for both.
 */
export async function chooseProvider(wanted: Provider | undefined, lacks: Lacks): Promise<Provider> {
  const reasons: string[] = [];
  for (const provider of wanted === undefined ? (['kind', 'bare'] as const) : [wanted]) {
    const missing = await lacks[provider]();
    if (missing.length === 0) return provider;
    reasons.push(`${provider} (${MEANS[provider]}) needs:`, ...missing.map((line) => `  - ${line}`));
  }
  throw new Error(`no cluster can run on this machine\n${reasons.join('\n')}`);
}

const MEANS: Readonly<Record<Provider, string>> = {
  kind: 'nodes as containers of a Docker engine',
  bare: 'nodes as network namespaces of this machine',
};

/** Looks at a machine, each time it is asked. */
export function lacksOf(machine: Machine, look: Look): Lacks {
  return {
    bare: () => Promise.resolve(missingFor('cluster', machine)),
    kind: () => missingForKind(machine, look),
  };
}

async function missingForKind(machine: Machine, look: Look): Promise<readonly string[]> {
  if (machine.platform !== 'linux') {
    return [
      'Linux: the addresses of containers are not reachable from a host with Docker Desktop (WSL 2 with its own engine will do)',
    ];
  }
  const missing: string[] = [];
  if (!machine.hasProgram('docker')) missing.push('docker on the PATH: https://docs.docker.com/engine/install/');
  else missing.push(...(await missingEngine(look)));
  if (!machine.hasProgram('go') && (await findKind(look.env, look.run)) === undefined) {
    missing.push(
      `kind ${KIND_VERSION} or later on the PATH (https://kind.sigs.k8s.io/docs/user/quick-start/#installation), or Go, which builds it`,
    );
  }
  return missing;
}

async function missingEngine({
  env,
  run: runCommand = run,
  engineTimeoutMs = 5_000,
}: Look): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(engineTimeoutMs);
  const options: RunOptions = { env, signal, killAfterMs: 500 };
  try {
    await runCommand(['docker', 'version', '--format', '{{.Server.Version}}'], options);
    return [];
  } catch (error) {
    if (signal.aborted) return [`a Docker engine that answers: it did not within ${engineTimeoutMs / 1000} s`];
    if (!(error instanceof CommandError)) throw error;
    const said = error.lastLines.findLast((line) => line.trim() !== '') ?? error.message;
    return [`a Docker engine that answers: ${said.trim()}`];
  }
}
