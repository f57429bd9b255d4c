import { mkdir, readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { cgroupLayout, missingControllers } from '../../host/cgroups.ts';
import type { CgroupLayout } from '../../host/cgroups.ts';
import { readMounts } from '../../host/mounts.ts';
import { run } from '../../processes/run.ts';
import { nodeRequirements } from '../../toolchain/host-programs.ts';
import { findMissing } from '../../toolchain/requirement.ts';
import { overlaps } from '../addresses.ts';

/** What is looked at on a host before a bare cluster is started on it. */
export interface HostFacts {
  readonly platform: string;
  readonly userId: number;
  readonly missingPrograms: readonly MissingProgram[];
  readonly cgroups: CgroupLayout | undefined;
  /** cgroup.controllers at the root of a v2 hierarchy; empty where there is none. */
  readonly rootControllers: string;
  /** IPv4 networks that the host has addresses in or routes to, CIDR notation. */
  readonly networks: readonly HostNetwork[];
  readonly overlayPossible: boolean;
}

/** A program that is not there: what it is and is for, and the Debian packages of which any one has it. */
export interface MissingProgram {
  readonly what: string;
  readonly packages: readonly string[];
}

export interface HostNetwork {
  readonly device: string;
  readonly network: string;
}

/** What a cluster wants of the host. */
export interface Wishes {
  readonly subnet: string;
  /** The longest path of a unix socket that it will make. */
  readonly longestSocketPath: string;
}

/** Where every program of a bare cluster is looked for, whatever the search path of the caller. */
export const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** unix(7): sun_path holds 108 bytes with its final zero. */
const maxSocketPathBytes = 107;
/** statfs(2): f_type of overlayfs, on which no other overlay can write. */
const overlayFileSystem = 0x794c7630;

/** Why a bare cluster cannot run on this host, each with the way out; empty when it can. */
export function findProblems(facts: HostFacts, wishes: Wishes): readonly string[] {
  if (facts.platform !== 'linux')
    return [`network namespaces need Linux, and this is ${facts.platform}: use kind with Docker`];
  const problems: string[] = [];
  if (facts.userId !== 0)
    problems.push('namespaces and control groups need root: run it as root, with sudo for example');
  for (const { what, packages } of facts.missingPrograms) {
    problems.push(`no ${what}: apt-get install ${packages[0] ?? what}`);
  }
  problems.push(...cgroupProblems(facts));
  const bytes = Buffer.byteLength(wishes.longestSocketPath);
  if (bytes > maxSocketPathBytes) {
    const shorter = `set DOCUMENT_SERVICE_STATE to a path that is ${bytes - maxSocketPathBytes} bytes shorter`;
    problems.push(
      `the path of a socket, ${wishes.longestSocketPath}, has more than ${maxSocketPathBytes} bytes: ${shorter}`,
    );
  }
  const inTheWay = facts.networks.filter(({ network }) => overlaps(network, wishes.subnet));
  for (const { device, network } of inTheWay) {
    problems.push(
      `the addresses ${wishes.subnet} are taken: ${device} has ${network}; free them, or choose another subnet index`,
    );
  }
  return problems;
}

function cgroupProblems({ cgroups, rootControllers }: HostFacts): readonly string[] {
  if (cgroups === undefined) return ['no control groups below /sys/fs/cgroup: mount cgroup2 there'];
  const missing = missingControllers(cgroups, rootControllers);
  if (missing.length === 0) return [];
  const remedy =
    cgroups.kind === 'v2'
      ? 'they must be in /sys/fs/cgroup/cgroup.controllers; in a container start it with --privileged --cgroupns=host'
      : 'mount them as hierarchies of version 1, or start the kernel with systemd.unified_cgroup_hierarchy=1';
  return [`control groups (${cgroups.kind}) lack ${missing.join(', ')}: ${remedy}`];
}

/** Looks at this host. `stateFolder` is made when it is not there, for its file system matters. */
export async function readHostFacts(stateFolder: string): Promise<HostFacts> {
  const linux = process.platform === 'linux';
  const userId = process.getuid?.() ?? -1;
  if (linux && userId === 0) await mkdir(stateFolder, { recursive: true });
  const missingPrograms = await findMissing(nodeRequirements({ PATH: searchPath }));
  const cgroups = linux ? cgroupLayout(await readMounts()) : undefined;
  const unified = cgroups?.kind === 'v2' ? cgroups.hierarchies[0]?.mountPoint : undefined;
  return {
    platform: process.platform,
    userId,
    missingPrograms: missingPrograms.map(({ requirement }) => requirement),
    cgroups,
    rootControllers: unified === undefined ? '' : await readFile(join(unified, 'cgroup.controllers'), 'utf8'),
    networks: missingPrograms.length > 0 ? [] : parseRoutes(await run(['ip', '-json', '-4', 'route', 'show'])),
    overlayPossible: linux && userId === 0 && (await statfs(stateFolder)).type !== overlayFileSystem,
  };
}

/** The networks in the output of `ip -json -4 route show`, the default route left out. */
export function parseRoutes(json: string): readonly HostNetwork[] {
  const routes = JSON.parse(json) as readonly { readonly dst: string; readonly dev?: string }[];
  return routes
    .filter(({ dst }) => dst !== 'default')
    .map(({ dst, dev }) => ({ device: dev ?? 'a route', network: dst }));
}
