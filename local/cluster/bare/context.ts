import type { CgroupLayout } from '../../host/cgroups.ts';
import type { Toolchain } from '../../toolchain/toolchain.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { ClusterAddresses } from '../addresses.ts';
import type { ClusterFolders, ClusterNames } from './names.ts';

/** What every part of one bare cluster is made from. */
export interface Context {
  readonly names: ClusterNames;
  readonly addresses: ClusterAddresses;
  readonly folders: ClusterFolders;
  readonly toolchain: Toolchain;
  readonly pauseImageArchive: string;
  readonly cgroups: CgroupLayout;
  readonly snapshotter: 'overlayfs' | 'native';
  readonly plane: ControlPlane;
  /** `https://ADDRESS:PORT` of the API server. */
  readonly server: string;
  /** The whole environment of every process that is started for the cluster, by which it is found again. */
  readonly env: Readonly<Record<string, string>>;
}
