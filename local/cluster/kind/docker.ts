import type { CommandLine, RunOptions } from '../../processes/run.ts';
import type { StandInContainer } from '../cluster.ts';

/** Runs a command to its end and resolves to its standard output; rejects when it fails. Injected, so that tests see every command line. */
export type CommandRunner = (argv: CommandLine, options?: RunOptions) => Promise<string>;

/** What the containers and the network of one cluster are called. Everything carries its name, and a label with it. */
export interface KindNames {
  /** What kind calls the cluster; also the name of its network, and the start of every container's name. */
  readonly cluster: string;
  readonly controlPlane: string;
  readonly workers: readonly [string, string];
  /** `KEY=NAME`, on the network and on every stand-in. */
  readonly label: string;
  standIn(name: string): string;
}

/** The names of the nodes are those that kind gives (kind, pkg/cluster/internal/providers/common/namer.go). */
export function kindNames(name: string): KindNames {
  const cluster = `ds-${name}`;
  return {
    cluster,
    controlPlane: `${cluster}-control-plane`,
    workers: [`${cluster}-worker`, `${cluster}-worker2`],
    label: `dev.docservice.cluster=${name}`,
    standIn: (standIn) => `${cluster}-${standIn}`,
  };
}

/** Addresses below .128 are left to stand-ins, so that each keeps its own whatever else comes and goes. */
export function createNetwork({ cluster, label }: KindNames, subnetIndex: number): CommandLine {
  const at = (rest: string): string => `10.${subnetIndex}.0.${rest}`;
  const addresses = ['--subnet', at('0/24'), '--gateway', at('1'), '--ip-range', at('128/25')];
  return ['docker', 'network', 'create', '--driver', 'bridge', ...addresses, '--label', label, cluster];
}

/** Starts a stand-in's container at its address; the image is pulled where the engine does not have it. */
export function runStandIn(names: KindNames, name: string, container: StandInContainer, address: string): CommandLine {
  const { image, args, env = {}, files = {} } = container;
  return [
    'docker',
    'run',
    '--detach',
    `--name=${names.standIn(name)}`,
    `--label=${names.label}`,
    `--network=${names.cluster}`,
    `--ip=${address}`,
    ...Object.entries(env).map(([variable, value]) => `--env=${variable}=${value}`),
    ...Object.entries(files).map(([host, inside]) => `--mount=type=bind,source=${host},target=${inside},readonly`),
    image,
    ...args,
  ];
}

/** Ids of the stand-ins' containers, running or not, one a line; only one stand-in's when it is named. */
export function listStandIns(names: KindNames, name?: string): CommandLine {
  const one = name === undefined ? [] : ['--filter', `name=^/?${names.standIn(name)}$`];
  return ['docker', 'ps', '--all', '--quiet', '--filter', `label=${names.label}`, ...one];
}

/** Ids of the networks of a cluster, one a line. */
export function listNetworks({ label }: KindNames): CommandLine {
  return ['docker', 'network', 'ls', '--quiet', '--filter', `label=${label}`];
}

/** Prints `/NAME ADDRESS` for each container. */
export function showAddresses({ cluster }: KindNames, containers: readonly string[]): CommandLine {
  const format = `{{.Name}} {{(index .NetworkSettings.Networks "${cluster}").IPAddress}}`;
  return ['docker', 'inspect', '--type', 'container', '--format', format, ...containers];
}

/** Reads what `showAddresses` printed. */
export function parseAddresses(printed: string): ReadonlyMap<string, string> {
  const lines = printed.trim().split('\n');
  return new Map(
    lines.map((line) => line.split(' ')).map(([name = '', address = '']) => [name.replace(/^\//, ''), address]),
  );
}

/** kubectl as the control plane's node has it, with admin rights: it fits the cluster, and needs nothing on this host. */
export function kubectlInside({ controlPlane }: KindNames, args: readonly string[]): CommandLine {
  return ['docker', 'exec', controlPlane, 'kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', ...args];
}

/** The ids or names in a list of Docker's, one a line. */
export function linesOf(printed: string): readonly string[] {
  return printed.split('\n').filter((line) => line !== '');
}
