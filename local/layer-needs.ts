import { missingFor, type Machine } from './capabilities.ts';
import type { Folders } from './folders.ts';
import type { Layer } from './layers.ts';
import { isBuilt } from './toolchain/artifact.ts';
import { dynamodbLocal } from './toolchain/dynamodb-local.ts';
import { goPrograms } from './toolchain/go-program.ts';
import {
  imageBuilderRequirement,
  javaRequirement,
  nodeRequirements,
  processRequirements,
} from './toolchain/host-programs.ts';
import { pythonTools } from './toolchain/python-tools.ts';
import { findMissing, type AptObstacle, type Missing, type Requirement } from './toolchain/requirement.ts';

/** What a layer's set-up would take of the machine, and whether apt-get can bring what is missing of it. */
export interface Supply {
  readonly requirements: readonly Requirement[];
  readonly obstacle: AptObstacle;
}

/**
 * What this machine lacks for a layer of the tests, each with how to get it; empty when the layer can run. Asks for the
 * versions of programs too, so that a layer that this finds nothing for does not fail in its set-up.
 */
export async function missingForLayer(
  need: Layer['needs'],
  machine: Machine,
  { requirements, obstacle }: Supply,
): Promise<readonly string[]> {
  if (need === 'node' || need === 'terraform' || machine.platform !== 'linux') return missingFor(need, machine);
  const missing = await findMissing(requirements);
  const beyondApt = missing.filter(({ requirement }) => obstacle !== undefined || requirement.packages.length === 0);
  const rights = need === 'cluster' && !machine.isRoot ? ['root (network namespaces and control groups are made)'] : [];
  return [...rights, ...beyondApt.map((lack) => describeMissing(lack, obstacle))];
}

/** All that ensureToolchain would ask the machine for: always what runs, and what builds where something is not built yet. */
export function supplyOf(
  need: Layer['needs'],
  env: Readonly<Record<string, string | undefined>>,
  folders: Folders,
): readonly Requirement[] {
  const artifacts = [dynamodbLocal(env), pythonTools(env), ...Object.values(goPrograms(env))];
  const unbuilt = artifacts.filter((artifact) => !isBuilt(folders.cache, artifact));
  return [
    javaRequirement(env),
    ...processRequirements(env),
    ...(need === 'cluster' ? [...nodeRequirements(env), imageBuilderRequirement(env)] : []),
    ...unbuilt.flatMap(({ needs }) => needs),
  ];
}

function describeMissing({ requirement, reason }: Missing, obstacle: AptObstacle): string {
  const { what, packages, remedy } = requirement;
  const [first] = packages;
  const how = first !== undefined && obstacle === 'not root' ? `sudo apt-get install ${first}` : remedy;
  return `${what}${reason === '' ? '' : ` (${reason})`}: ${how}`;
}
