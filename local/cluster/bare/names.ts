import { join } from 'node:path';
import { namespacePath } from '../../host/network-namespaces.ts';

/**
 * What the parts of a bare cluster are called on the host. Everything carries the cluster's name, so that a process that
 * knows nothing but the name finds all of it; names hold no hyphen, so that one cluster's are never the start of another's.
 */
export interface ClusterNames {
  readonly cluster: string;
  /** The one interface in the host's own network namespace. */
  readonly hostLink: string;
  /** Network namespace of the bridge that joins all others. */
  readonly switchNamespace: string;
  readonly controlNamespace: string;
  /** Network namespace, and control group, of a node or stand-in. */
  readonly of: (part: string) => string;
  /** Whether a namespace or control group of this name is one of these. */
  readonly isOurs: (name: string) => boolean;
}

/** In the environment of every process that is started for a cluster, with the cluster's name: found again by it. */
export const clusterVariable = 'DOCUMENT_SERVICE_CLUSTER';

const namePattern = /^[a-z][a-z0-9]{0,10}$/;

/** Throws an error for a name that cannot be part of an interface's name, which holds 15 bytes (IFNAMSIZ). */
export function clusterNames(cluster: string): ClusterNames {
  if (!namePattern.test(cluster)) {
    throw new Error(`the cluster name '${cluster}' must be 1 to 11 small letters and digits and start with a letter`);
  }
  const prefix = `ds-${cluster}-`;
  return {
    cluster,
    hostLink: `ds-${cluster}`,
    switchNamespace: `${prefix}switch`,
    controlNamespace: `${prefix}control`,
    of: (part) => `${prefix}${part}`,
    isOurs: (name) => name.startsWith(prefix),
  };
}

/** Whether a mount point of the host belongs to the cluster: a namespace's, or one in its folder. */
export function isMountOf(names: ClusterNames, folder: string, mountPoint: string): boolean {
  return mountPoint.startsWith(namespacePath(names.of(''))) || `${mountPoint}/`.startsWith(`${folder}/`);
}

/** Where the parts of a bare cluster keep their files. All paths are absolute. */
export interface ClusterFolders {
  /** Holds all others but the logs; removed with the cluster. */
  readonly cluster: string;
  readonly control: string;
  readonly logs: string;
  node(name: string): string;
  standIn(name: string): string;
}

/** The folder of a cluster below the state folder of all. */
export function clusterFolder(state: string, cluster: string): string {
  return join(state, cluster);
}

/** The folders of a cluster. */
export function clusterFolders(state: string, cluster: string, logs: string): ClusterFolders {
  const folder = clusterFolder(state, cluster);
  return {
    cluster: folder,
    control: join(folder, 'control'),
    logs,
    node: (name) => join(folder, name),
    standIn: (name) => join(folder, 'stand-ins', name),
  };
}
