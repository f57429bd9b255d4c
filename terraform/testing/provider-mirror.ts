import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folders below which administrators put a filesystem mirror of providers, beside those that Terraform searches itself. */
export function usualMirrorRoots(): readonly string[] {
  return [
    join(homedir(), '.terraform.d'),
    '/usr/local/share/terraform',
    '/usr/share/terraform',
    '/var/lib/terraform',
    '/opt',
  ];
}

/** How many folders below a root the folder of a registry (`HOST/hashicorp/aws/...`) is looked for. */
const searchDepth = 3;

/**
 * Finds a filesystem mirror (Terraform CLI configuration, "Implied Local Mirror Directories": HOST/NAMESPACE/TYPE/VERSION/
 * TARGET) with the AWS provider: the folder to write as `filesystem_mirror { path }`, or undefined where there is none.
 * The roots are searched in order; folders that are missing or may not be read hold no mirror.
 */
export async function findProviderMirror(roots: readonly string[]): Promise<string | undefined> {
  for (const root of roots) {
    const found = await searchBelow(root, searchDepth);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function searchBelow(folder: string, depth: number): Promise<string | undefined> {
  const registries = await foldersIn(folder);
  for (const registry of registries) {
    if (await holdsProvider(join(folder, registry, 'hashicorp', 'aws'))) return folder;
  }
  if (depth === 0) return undefined;
  for (const name of registries) {
    const found = await searchBelow(join(folder, name), depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function holdsProvider(providerFolder: string): Promise<boolean> {
  for (const version of await foldersIn(providerFolder)) {
    for (const target of await foldersIn(join(providerFolder, version))) {
      const files = await entriesOf(join(providerFolder, version, target));
      if (files.some((file) => file.name.startsWith('terraform-provider-aws_v'))) return true;
    }
  }
  return false;
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  return (await entriesOf(folder)).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'EACCES'].includes(String(error.code)))
      return [];
    throw error;
  }
}
