/** Something that the machine itself must have, since neither npm nor a build of ours brings it. */
export interface Requirement {
  /** What is wanted and what for: completes the sentence "This machine lacks ...". */
  readonly what: string;
  /** Packages of Debian that bring it, in order of preference: the first that apt-get knows is installed. None: apt-get has none that will do. */
  readonly packages: readonly string[];
  /** How to get it where apt-get cannot. */
  readonly remedy: string;
  /** Resolves to nothing when the machine has it, else to why what it has will not do (empty: it has none). */
  unmet(): Promise<string | undefined>;
}

/** A requirement that the machine does not meet. */
export interface Missing {
  readonly requirement: Requirement;
  readonly reason: string;
}

/** Asks for all requirements at once; resolves to those that are not met, in the order given, each once. */
export async function findMissing(requirements: readonly Requirement[]): Promise<readonly Missing[]> {
  const distinct = [...new Map(requirements.map((requirement) => [requirement.what, requirement])).values()];
  const reasons = await Promise.all(distinct.map((requirement) => requirement.unmet()));
  return distinct.flatMap((requirement, i) => {
    const reason = reasons[i];
    return reason === undefined ? [] : [{ requirement, reason }];
  });
}

/** What keeps apt-get from installing on a machine; undefined when it can. */
export type AptObstacle = 'not Debian' | 'not root' | undefined;

/**
 * The one error for everything that is missing: what, what for, and how to get it. What `apt-get` would have brought
 * is summed up in one command.
 */
export function missingText(missing: readonly Missing[], obstacle: AptObstacle): string {
  const lines = ['This machine lacks what the local system needs:'];
  for (const { requirement, reason } of missing) {
    lines.push(`  - ${requirement.what}${reason === '' ? '' : ` (${reason})`}`);
    if (requirement.packages.length === 0 || obstacle === 'not Debian') lines.push(`    ${requirement.remedy}`);
  }
  const packages = missing.flatMap(({ requirement }) => requirement.packages.slice(0, 1));
  if (packages.length > 0 && obstacle === 'not root') {
    lines.push('As root this command installs the rest by itself. Or install it once, then run this command again:');
    lines.push(`  sudo apt-get update && sudo apt-get install --no-install-recommends ${packages.join(' ')}`);
  }
  if (packages.length > 0 && obstacle === 'not Debian') {
    lines.push('On Debian and Ubuntu, as root, this command installs most of it by itself.');
  }
  return lines.join('\n');
}
