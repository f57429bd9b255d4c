import { join } from 'node:path';
import { thisMachine } from '../capabilities.ts';
import { claimName } from '../claim.ts';
import { ensureImages, ensurePauseImage, type Images } from '../images/ensure-images.ts';
import { subnetIndexOf } from '../subnet.ts';
import { createPhases } from '../phases.ts';
import { readSystemRecord } from '../system-record.ts';
import type { BringUpOptions, SystemOptions } from '../system.ts';
import { ensureToolchain } from '../toolchain/ensure-toolchain.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import { createBareCluster, removeBareCluster } from './bare/bare-cluster.ts';
import { chooseProvider, lacksOf } from './choose.ts';
import type { Cluster } from './cluster.ts';
import { createKindCluster } from './kind/kind-cluster.ts';
import { ensureKind } from './kind/kind-program.ts';

/** A cluster that is ready to be brought up, with everything that has to be there first. */
export interface OpenCluster {
  readonly cluster: Cluster;
  /** Programs of this host for stand-ins; undefined where stand-ins are containers. */
  readonly toolchain: Toolchain | undefined;
  readonly images: Images;
  /** A kubectl that fits the cluster, there once the cluster is up. */
  readonly kubectlPath: string;
  /** What the operator asked of the API server; empty where the provider keeps no record. */
  readonly auditLogPath: string;
}

/**
 * Chooses the provider, claims the name, and installs and builds what cluster and system need, each in a phase; nothing is
 * started yet. Rejects with a NameTakenError while a system of that name runs.
 */
export async function openCluster(request: BringUpOptions): Promise<OpenCluster> {
  const { env } = process;
  const provider = await chooseProvider(request.provider, lacksOf(thisMachine(env), { env }));
  await claimName(request.folders, request.name);
  request.print(`cluster provider: ${provider}`);
  switch (provider) {
    case 'bare':
      return openBareCluster(request);
    case 'kind':
      return openKindCluster(request);
    default:
      return provider satisfies never;
  }
}

function placeOf({ name, folders }: SystemOptions) {
  const logFolder = join(folders.cache, 'logs', name);
  return { name, subnetIndex: subnetIndexOf(name), stateFolder: folders.state, logFolder };
}

async function openBareCluster(options: BringUpOptions): Promise<OpenCluster> {
  const request = { ...options, env: process.env };
  const toolchain = await ensureToolchain({ ...request, use: 'cluster' });
  const pause = await ensurePauseImage(request);
  const images = await ensureImages({ ...request, builder: 'buildah' });
  const pauseImageArchive = pause.archivePath;
  const cluster = createBareCluster({ ...placeOf(options), nodeCount: 2, toolchain, pauseImageArchive });
  return { cluster, toolchain, images, kubectlPath: toolchain.kubectl, auditLogPath: cluster.auditLogPath };
}

async function openKindCluster(options: BringUpOptions): Promise<OpenCluster> {
  const { env } = process;
  const kind = await ensureKind(options.folders, env, options.phases, options.signal);
  const images = await ensureImages({ ...options, env, builder: 'docker' });
  const cluster = createKindCluster({ ...placeOf(options), kind, env });
  return { cluster, toolchain: undefined, images, kubectlPath: cluster.kubectlPath, auditLogPath: '' };
}

/**
 * Ends and removes everything of the cluster of that name, whichever provider made it. Rejects with a list when anything
 * could not be removed.
 */
export async function removeCluster(options: SystemOptions): Promise<void> {
  const { name, folders, print } = options;
  const record = await readSystemRecord(folders, name);
  if ((record?.provider ?? options.provider) === 'kind') {
    const { env } = process;
    const kind = await ensureKind(
      folders,
      env,
      createPhases(print, () => performance.now()),
    );
    await createKindCluster({ ...placeOf(options), kind, env }).down();
  }
  await removeBareCluster({ name, stateFolder: folders.state });
}
