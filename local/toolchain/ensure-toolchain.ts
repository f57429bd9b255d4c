import { join } from 'node:path';
import type { Folders } from '../folders.ts';
import type { Phases } from '../phases.ts';
import { artifactFolder, buildArtifact, isBuilt, type Artifact, type BuildWork } from './artifact.ts';
import { installPackages } from './debian-packages.ts';
import { dynamodbLocal } from './dynamodb-local.ts';
import { goPrograms } from './go-program.ts';
import {
  findJava,
  imageBuilderRequirement,
  javaRequirement,
  nodeRequirements,
  processRequirements,
} from './host-programs.ts';
import { inLanes } from './lanes.ts';
import { withLock } from './lock.ts';
import { aptObstacle } from './machine.ts';
import { pythonPrograms, pythonTools } from './python-tools.ts';
import { findMissing, missingText, type Missing, type Requirement } from './requirement.ts';
import type { Toolchain } from './toolchain.ts';

export interface ToolchainRequest {
  readonly folders: Folders;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * `processes`: programs that run as this user, on loopback. `cluster`: also what a bare cluster takes of the machine
   * (containerd, iptables, buildah, ...), which only root can install.
   */
  readonly use: 'processes' | 'cluster';
  readonly phases: Phases;
  /** Progress inside a phase. */
  readonly print: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The machine lacks something that cannot be installed from here; the message says all of it and how to get it. */
export class MissingToolsError extends Error {
  constructor(missing: readonly Missing[], obstacle: 'not Debian' | 'not root' | undefined) {
    super(missingText(missing, obstacle));
    this.name = 'MissingToolsError';
  }
}

/**
 * Resolves to the toolchain, after installing and building what is missing of it: each part in a phase that says what
 * it is for. Everything there: takes milliseconds and prints nothing. Two runs at once: one builds, the other waits.
 * Rejects with MissingToolsError before anything is built, or with the CommandError of what failed.
 */
export async function ensureToolchain(request: ToolchainRequest): Promise<Toolchain> {
  const artifacts = toolchainArtifacts(request.env);
  const isWhole = async (): Promise<boolean> =>
    unbuilt(artifacts, request).length === 0 && (await findMissing(standingRequirements(request))).length === 0;
  if (!(await isWhole())) {
    await withLock(join(request.folders.cache, 'toolchain', '.lock'), () => completeToolchain(artifacts, request), {
      onWait: () => {
        request.print('another run is installing the toolchain: waiting for it ...');
      },
      signal: request.signal,
    });
  }
  return locate(artifacts, request);
}

type Artifacts = Readonly<Record<'etcd' | 'kubernetes' | 'versitygw' | 'dynamodbLocal' | 'python', Artifact>>;

function toolchainArtifacts(env: ToolchainRequest['env']): Artifacts {
  return { dynamodbLocal: dynamodbLocal(env), python: pythonTools(env), ...goPrograms(env) };
}

function unbuilt(artifacts: Artifacts, { folders }: ToolchainRequest): readonly Artifact[] {
  return Object.values(artifacts).filter((artifact) => !isBuilt(folders.cache, artifact));
}

/** What the machine must have on every run, built or not. */
function standingRequirements({ env, use }: ToolchainRequest): readonly Requirement[] {
  const forCluster = use === 'cluster' ? [...nodeRequirements(env), imageBuilderRequirement(env)] : [];
  return [javaRequirement(env), ...processRequirements(env), ...forCluster];
}

async function completeToolchain(artifacts: Artifacts, request: ToolchainRequest): Promise<void> {
  const todo = unbuilt(artifacts, request);
  await meet([...standingRequirements(request), ...todo.flatMap(({ needs }) => needs)], request);
  const isLongest = (artifact: Artifact): boolean => artifact === artifacts.kubernetes;
  const lanes = [todo.filter(isLongest), todo.filter((artifact) => !isLongest(artifact))];
  await inLanes(lanes, request.signal, async (artifact, signal) => {
    const build = (): Promise<void> =>
      buildArtifact(request.folders.cache, artifact, buildWork(artifact.name, { ...request, signal }));
    await request.phases.run(artifact.title, build);
  });
}

/** Installs what is missing where apt-get can; rejects with the list of all that is missing where it cannot. */
async function meet(requirements: readonly Requirement[], request: ToolchainRequest): Promise<void> {
  const missing = await findMissing(requirements);
  if (missing.length === 0) return;
  const obstacle = aptObstacle();
  const beyondApt = missing.filter(({ requirement }) => requirement.packages.length === 0);
  if (obstacle !== undefined) throw new MissingToolsError(missing, obstacle);
  if (beyondApt.length > 0) throw new MissingToolsError(beyondApt, obstacle);
  const wanted = missing.map(({ requirement }) => requirement);
  const programs = wanted.map(({ what }) => what.split(',')[0]).join(', ');
  await request.phases.run(`installing Debian packages for ${programs}`, () =>
    installPackages(wanted, buildWork('apt-get', request)),
  );
  const stillMissing = await findMissing(requirements);
  if (stillMissing.length > 0) throw new MissingToolsError(stillMissing, 'not Debian');
}

function buildWork(name: string, { folders, env, print, signal }: ToolchainRequest): BuildWork {
  return {
    env,
    logPath: join(folders.cache, 'toolchain', 'logs', `${name}.log`),
    print: (line) => {
      print(`    ${name}: ${line}`);
    },
    signal,
  };
}

function locate(artifacts: Artifacts, { folders, env }: ToolchainRequest): Toolchain {
  const inFolder = (artifact: Artifact, ...path: readonly string[]): string =>
    join(artifactFolder(folders.cache, artifact), ...path);
  const { etcd, kubernetes, versitygw, dynamodbLocal: jars, python } = artifacts;
  const java = findJava(env);
  if (java === undefined) throw new Error('no suitable Java, although one was there a moment ago');
  return {
    etcd: inFolder(etcd, 'etcd'),
    kubeApiserver: inFolder(kubernetes, 'kube-apiserver'),
    kubeControllerManager: inFolder(kubernetes, 'kube-controller-manager'),
    kubeScheduler: inFolder(kubernetes, 'kube-scheduler'),
    kubelet: inFolder(kubernetes, 'kubelet'),
    kubeProxy: inFolder(kubernetes, 'kube-proxy'),
    kubectl: inFolder(kubernetes, 'kubectl'),
    versitygw: inFolder(versitygw, 'versitygw'),
    java,
    dynamodbLocalJars: inFolder(jars),
    ...pythonPrograms(inFolder(python)),
  };
}
