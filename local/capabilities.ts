import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Layer } from './layers.ts';
import { findPrograms } from './toolchain/machine.ts';

/** What can be asked of a machine, injected so that the answers can be tested. */
export interface Machine {
  readonly platform: string;
  readonly isRoot: boolean;
  hasProgram(name: string): boolean;
  hasFile(path: string): boolean;
  /** Such as `1.11.4`; undefined where there is none or it does not say. */
  terraformVersion(): string | undefined;
}

/** This machine. */
export function thisMachine(env: Readonly<Record<string, string | undefined>>): Machine {
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    hasProgram: (name) => (env['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder, name))),
    hasFile: existsSync,
    terraformVersion: () => terraformVersion(env),
  };
}

/** Whether `path` is a file that this user may run; the reason why not is of no interest here. */
function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

/** What this machine lacks for a layer of the tests, each with how to get it; empty when the layer can run. */
export function missingFor(need: Layer['needs'], machine: Machine): readonly string[] {
  switch (need) {
    case 'node':
      return [];
    case 'toolchain':
      return missingForToolchain(machine);
    case 'terraform':
      return missingForTerraform(machine.terraformVersion());
    case 'cluster':
      return [...missingForToolchain(machine), ...missingForCluster(machine)];
    default:
      return need satisfies never;
  }
}

function terraformVersion(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const [program] = findPrograms('terraform', env);
  if (program === undefined) return undefined;
  // Without the check for a newer one, which asks the network (HashiCorp, CHECKPOINT_DISABLE).
  const options = { env: { ...env, CHECKPOINT_DISABLE: '1' }, encoding: 'utf8', timeout: 10_000 } as const;
  return /^Terraform v(\S+)/.exec(spawnSync(program, ['version'], options).stdout ?? '')?.[1];
}

/** As `required_version` in terraform/modules says. */
function missingForTerraform(version: string | undefined): readonly string[] {
  const wanted = 'terraform 1.11 or later on the PATH';
  if (version === undefined) return [wanted];
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 11) ? [] : [`${wanted} (it has ${version})`];
}

function missingForToolchain(machine: Machine): readonly string[] {
  if (machine.platform !== 'linux') return ['Linux (the control plane and the engines are built for it)'];
  return machine.hasProgram('go') ? [] : ['Go 1.26 or later on the PATH (it builds the control plane)'];
}

function missingForCluster(machine: Machine): readonly string[] {
  const missing: string[] = [];
  if (!machine.isRoot) missing.push('root (network namespaces and control groups are made): run as root or with sudo');
  if (!machine.hasFile('/etc/debian_version')) missing.push('Debian or Ubuntu (packages are installed with apt-get)');
  return missing;
}
