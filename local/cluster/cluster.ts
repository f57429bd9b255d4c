/**
 * A Kubernetes cluster on this machine with room beside it for stand-ins, in the words of those who use it.
 * Two providers: `bare` (network namespaces of this host, no container engine) and `kind` (Docker).
 */

/** A worker node: its name in Kubernetes, and the address at which its NodePorts answer. */
export interface ClusterNode {
  readonly name: string;
  readonly address: string;
}

/** Where a started stand-in answers, as seen from this host and from pods alike. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/**
 * A program that stands in for a managed service of AWS. The same stand-in runs as a process (bare cluster, contract
 * suites on loopback) or as a container (kind): it says how for both.
 */
export interface StandIn {
  readonly name: string;
  readonly port: number;
  /** The program as a process of this host: its argument list, listening where `listen` says, keeping data in `dataFolder`. */
  process(listen: Endpoint, dataFolder: string): StandInProcess;
  /** The same as a public container image that listens on `port`. */
  readonly container: StandInContainer;
  /** Resolves true as soon as the program answers for real (not merely accepts a connection). Never throws. */
  isAnswering(endpoint: Endpoint): Promise<boolean>;
}

export interface StandInProcess {
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

export interface StandInContainer {
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files of this host, by absolute path, that the container finds read-only at the path given. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A stand-in that was started. Its endpoint stays the same through `kill` and `start`. */
export interface RunningStandIn {
  readonly name: string;
  readonly endpoint: Endpoint;
  /** SIGKILL: gone at once, with what it kept in memory. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): Promise<void>;
  /** SIGCONT after `pause`. */
  resume(): Promise<void>;
  /** Starts it again after `kill`; resolves when it answers. */
  start(): Promise<void>;
}

export interface Cluster {
  readonly provider: 'bare' | 'kind';
  /** Tells clusters on one machine apart, for example `local` and `e2e`; part of every name that is made on the host. */
  readonly name: string;
  /** A kubeconfig with admin rights, there once `up` has resolved. */
  readonly kubeconfigPath: string;
  readonly nodes: readonly ClusterNode[];
  /** Starts the control plane and the nodes; resolves when every node is Ready. Throws an error that names what failed and where its log is. */
  up(): Promise<void>;
  /** Ends and removes everything that carries the cluster's name, also what an earlier, killed runner left. Nothing there: does nothing. */
  down(): Promise<void>;
  /** Makes an image (a docker-archive tarball) known to every node, under the name and tag that it carries. */
  loadImage(archivePath: string): Promise<void>;
  /** Starts a stand-in beside the cluster, reachable from pods and from this host; resolves when it answers. */
  startStandIn(standIn: StandIn): Promise<RunningStandIn>;
  /** SIGKILL to a node and all its pods at once, as when its machine loses power. */
  killNode(name: string): Promise<void>;
  /** Boots a killed node again; resolves when it is Ready. */
  startNode(name: string): Promise<void>;
}
