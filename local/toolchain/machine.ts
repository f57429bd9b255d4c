import { accessSync, constants, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** Where Debian keeps programs of the administrator, which the PATH of an ordinary login does not name. */
const administratorFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** All absolute paths at which a program of this name can be run, the first on the PATH first. */
export function findPrograms(name: string, env: Env): readonly string[] {
  const folders = [...(env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), ...administratorFolders];
  return [...new Set(folders)].map((folder) => join(folder, name)).filter(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

/**
 * The feature version (17, 21, ...) of the Java runtime that a `java` program belongs to, from the `release` file of its
 * installation (JEP 223 and its successors: 1.8.0 was the last of the old scheme); undefined where there is no such file.
 */
export function javaFeatureVersion(program: string): number | undefined {
  const release = join(dirname(dirname(realpathSync(program))), 'release');
  if (!existsSync(release)) return undefined;
  return parseJavaVersion(readFileSync(release, 'utf8'));
}

/** Reads `JAVA_VERSION="17.0.15"` or `"1.8.0_392"` out of a `release` file. */
export function parseJavaVersion(release: string): number | undefined {
  const [, version] = /^JAVA_VERSION="([^"]+)"/m.exec(release) ?? [];
  if (version === undefined) return undefined;
  const feature = Number.parseInt(version.startsWith('1.') ? version.slice(2) : version, 10);
  return Number.isNaN(feature) ? undefined : feature;
}

/** Why apt-get cannot install on this machine; undefined when it can. */
export function aptObstacle(): 'not Debian' | 'not root' | undefined {
  if (!existsSync('/etc/debian_version') || !existsSync('/usr/bin/apt-get')) return 'not Debian';
  return process.getuid?.() === 0 ? undefined : 'not root';
}
