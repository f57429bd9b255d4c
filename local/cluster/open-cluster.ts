import { join } from 'node:path';
import { ensureImages, ensurePauseImage, type Images } from '../images/ensure-images.ts';
import { subnetIndexOf } from '../subnet.ts';
import type { Phases } from '../phases.ts';
import type { SystemOptions } from '../system.ts';
import { ensureToolchain } from '../toolchain/ensure-toolchain.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import { createBareCluster, removeBareCluster } from './bare/bare-cluster.ts';
import type { Cluster } from './cluster.ts';

/** A cluster that is ready to be brought up, with everything that has to be there first. */
export interface OpenCluster {
  readonly cluster: Cluster;
  readonly toolchain: Toolchain;
  readonly images: Images;
  readonly kubectlPath: string;
  /** What the operator asked of the API server; empty where the provider keeps no record. */
  readonly auditLogPath: string;
}

/** Installs and builds what the cluster and the system need, each in a phase; nothing is started yet. */
export async function openCluster(options: SystemOptions & { readonly phases: Phases }): Promise<OpenCluster> {
  const { name, folders } = options;
  const request = { ...options, env: process.env };
  const toolchain = await ensureToolchain({ ...request, use: 'cluster' });
  const imagesRequest = { ...request, builder: 'buildah' } as const;
  const pause = await ensurePauseImage(imagesRequest);
  const images = await ensureImages(imagesRequest);
  const cluster = createBareCluster({
    name,
    subnetIndex: subnetIndexOf(name),
    nodeCount: 2,
    stateFolder: folders.state,
    logFolder: join(folders.cache, 'logs', name),
    toolchain,
    pauseImageArchive: pause.archivePath,
  });
  return { cluster, toolchain, images, kubectlPath: toolchain.kubectl, auditLogPath: cluster.auditLogPath };
}

/** Ends and removes everything of the cluster of that name. Rejects with a list when anything could not be removed. */
export async function removeCluster({ name, folders }: SystemOptions): Promise<void> {
  await removeBareCluster({ name, stateFolder: folders.state });
}
