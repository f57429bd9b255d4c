import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { run, type CommandLine } from '../processes/run.ts';
import type { BuildWork } from './artifact.ts';
import type { Requirement } from './requirement.ts';

const policyPath = '/usr/sbin/policy-rc.d';
const policyMark = 'document-service-operator: no service is started while its packages are installed';

/**
 * Installs one package for each requirement with apt-get, as root, without starting the services that they bring:
 * those that the local system needs it starts itself, in namespaces of its own. A stop lets the installation come to its
 * end, and then rejects.
 */
export async function installPackages(requirements: readonly Requirement[], work: BuildWork): Promise<void> {
  const env = { ...work.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1', LC_ALL: 'C' };
  const { logPath, signal } = work;
  await runToItsEnd(['apt-get', 'update', '--quiet'], { ...work, env });
  const wanted = [...new Set(requirements.flatMap(({ packages }) => packages))];
  const policies = await run(['apt-cache', 'policy', ...wanted], { env, logPath, signal });
  const known = parseInstallable(policies);
  const chosen = choosePackages(requirements, known);
  work.print(`installing ${chosen.join(' ')}`);
  await withoutStartingServices(() => runToItsEnd(aptInstall(chosen), { ...work, env }));
}

/**
 * Runs a command that must not end half-way. Once the signal is aborted this says what is waited for, and when the command
 * has ended rejects with the signal's reason.
 */
export async function runToItsEnd(argv: CommandLine, { env, logPath, print, signal }: BuildWork): Promise<void> {
  signal?.throwIfAborted();
  const sayWhy = (): void => {
    print(`${argv[0]} is at work and must not end half-way: waiting for it ...`);
  };
  signal?.addEventListener('abort', sayWhy, { once: true });
  try {
    await run(argv, { env, logPath, uninterrupted: true });
  } finally {
    signal?.removeEventListener('abort', sayWhy);
  }
  signal?.throwIfAborted();
}

/** The packages that have a version to install, from the output of `apt-cache policy` in the C locale (apt-cache(8)). */
export function parseInstallable(policies: string): ReadonlySet<string> {
  const installable = new Set<string>();
  let current = '';
  for (const line of policies.split('\n')) {
    const name = /^(\S+):$/.exec(line)?.[1];
    if (name !== undefined) current = name;
    const candidate = /^\s+Candidate: (\S+)/.exec(line)?.[1];
    if (candidate !== undefined && candidate !== '(none)') installable.add(current);
  }
  return installable;
}

/** For each requirement its first installable package, each package once. Throws where there is none. */
export function choosePackages(
  requirements: readonly Requirement[],
  installable: ReadonlySet<string>,
): readonly string[] {
  const chosen = requirements.map(({ what, packages }) => {
    const name = packages.find((candidate) => installable.has(candidate));
    if (name === undefined) throw new Error(`apt-get knows none of ${packages.join(', ')}, which bring ${what}`);
    return name;
  });
  return [...new Set(chosen)];
}

/** The one installation. It waits for another one that is under way (such as unattended upgrades) instead of failing. */
export function aptInstall(packages: readonly string[]): readonly [string, ...string[]] {
  const options = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Options::=--force-confold', '-o', 'Dpkg::Use-Pty=0'];
  return ['apt-get', 'install', '--yes', '--quiet', '--no-install-recommends', '--no-remove', ...options, ...packages];
}

/**
 * Denies package scripts to start services, by the program that Debian asks first (invoke-rc.d(8)). One that somebody else
 * put there stays: it says what that machine's owner wants. Ours denies only as long as this process lives, so that it
 * does no harm where a killed run left it.
 */
async function withoutStartingServices<T>(work: () => Promise<T>): Promise<T> {
  if (existsSync(policyPath) && !readFileSync(policyPath, 'utf8').includes(policyMark)) return work();
  writeFileSync(policyPath, servicePolicy(process.pid), { mode: 0o755 });
  try {
    return await work();
  } finally {
    rmSync(policyPath, { force: true });
  }
}

/** The policy as a script: 101 denies, 0 allows (policy-rc.d, sysvinit's README.policy-rc.d). */
export function servicePolicy(pid: number): string {
  return `#!/bin/sh\n# ${policyMark}\n[ -e /proc/${pid} ] || exit 0\nexit 101\n`;
}
