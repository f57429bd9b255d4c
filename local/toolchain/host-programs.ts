import { existsSync } from 'node:fs';
import { globSync } from 'node:fs';
import { findPrograms, javaFeatureVersion } from './machine.ts';
import type { Requirement } from './requirement.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Programs and files of a bare cluster that come as packages of Debian: what each is for, and its package. */
const nodePrograms: readonly (readonly [program: string, purpose: string, debianPackage: string])[] = [
  ['containerd', 'which runs the containers of a node', 'containerd'],
  ['ctr', 'which brings images to a node', 'containerd'],
  ['runc', 'which starts a container', 'runc'],
  ['/usr/lib/cni/ptp', 'which joins pods to the network of their node', 'containernetworking-plugins'],
  ['/usr/lib/cni/loopback', 'which gives pods their loopback', 'containernetworking-plugins'],
  ['/usr/lib/cni/host-local', 'which gives pods their addresses', 'containernetworking-plugins'],
  ['conntrack', 'with which kube-proxy forgets connections to pods that are gone', 'conntrack'],
  ['iptables', 'with which kube-proxy leads NodePorts to pods', 'iptables'],
  ['ipset', 'which kube-proxy asks for', 'ipset'],
  ['ethtool', 'which the kubelet asks for', 'ethtool'],
  ['socat', 'which kubectl port-forward needs on a node', 'socat'],
  ['ip', 'which makes the networks of the nodes', 'iproute2'],
  ['nsenter', 'which starts programs inside a node', 'util-linux'],
  ['unshare', 'which makes a node a machine of its own', 'util-linux'],
  ['mount', 'which gives a node its own view of the file system', 'mount'],
  ['sysctl', 'which makes a node forward packets', 'procps'],
];

/** What a machine needs to run nodes and pods without a container engine. */
export function nodeRequirements(env: Env): readonly Requirement[] {
  return nodePrograms.map(([program, purpose, debianPackage]) =>
    programRequirement({ program, purpose, debianPackage }, env),
  );
}

/** What the engines and the control plane take of the machine even where they run as an ordinary user on loopback. */
export function processRequirements(env: Env): readonly Requirement[] {
  return [
    programRequirement(
      { program: 'haproxy', purpose: 'which stands in for the load balancer', debianPackage: 'haproxy' },
      env,
    ),
    programRequirement({ program: 'openssl', purpose: 'which issues certificates', debianPackage: 'openssl' }, env),
  ];
}

/** buildah, for machines without a Docker engine. */
export function imageBuilderRequirement(env: Env): Requirement {
  const purpose = 'which builds the container images where there is no Docker engine';
  return programRequirement({ program: 'buildah', purpose, debianPackage: 'buildah' }, env);
}

interface HostProgram {
  /** A name to be found on the PATH, or an absolute path. */
  readonly program: string;
  readonly purpose: string;
  readonly debianPackage: string;
}

/** A program counts however it came: a package of another vendor (such as Docker's containerd.io) is not replaced. */
function programRequirement({ program, purpose, debianPackage }: HostProgram, env: Env): Requirement {
  const isThere = (): boolean =>
    program.startsWith('/') ? existsSync(program) : findPrograms(program, env).length > 0;
  return {
    what: `${program}, ${purpose}`,
    packages: [debianPackage],
    remedy: `Your distribution's package ${debianPackage} or one of a similar name.`,
    unmet: async () => (isThere() ? undefined : ''),
  };
}

const javaNeeded = 17;

/** A Java runtime for DynamoDB Local. */
export function javaRequirement(env: Env): Requirement {
  return {
    what: `Java ${javaNeeded} or later, on which DynamoDB Local runs`,
    packages: ['openjdk-21-jre-headless', 'openjdk-17-jre-headless', 'default-jre-headless'],
    remedy: 'https://adoptium.net/installation/',
    async unmet() {
      if (findJava(env) !== undefined) return undefined;
      const found = javaPrograms(env);
      return found.length === 0 ? '' : `too old, or of unknown version: ${found.join(', ')}`;
    },
  };
}

/** The absolute path of a `java` that is new enough: on the PATH, else among the runtimes that Debian installed. */
export function findJava(env: Env): string | undefined {
  return javaPrograms(env).find((program) => (javaFeatureVersion(program) ?? 0) >= javaNeeded);
}

function javaPrograms(env: Env): readonly string[] {
  const home = env['JAVA_HOME'] === undefined ? [] : globSync(`${env['JAVA_HOME']}/bin/java`);
  const onPath = findPrograms('java', env);
  return [...new Set([...home, ...onPath, ...globSync('/usr/lib/jvm/*/bin/java').sort()])];
}
