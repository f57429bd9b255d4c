import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFolders } from '../../local/folders.ts';
import { findProviderMirror, usualMirrorRoots } from './provider-mirror.ts';
import { readTestReport, type TestRun } from './test-report.ts';

/** What one run of terraform printed and how it ended. */
export interface Outcome {
  readonly exitStatus: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A copy of terraform/ in a temporary folder, so that whatever Terraform writes (modules, plugins, lock files) stays out
 * of the repository, and tests beside each other do not share it.
 */
export interface TerraformCopy {
  /** Runs `terraform -chdir=WHERE ...`; `where` is a folder inside of terraform/, default the root module. */
  run(args: readonly string[], where?: string): Promise<Outcome>;
  /** `terraform init` without a backend, with the lock file of the repository unchanged. Throws when it fails. */
  init(where?: string): Promise<void>;
  /** Runs the test files given, after `init`. With `verbose`, runs carry their plan or state. */
  test(files: readonly string[], options?: { readonly verbose: boolean }): Promise<readonly TestRun[]>;
  remove(): Promise<void>;
}

const source = join(import.meta.dirname, '..');
const program = 'terraform';
const lockFile = '.terraform.lock.hcl';
// A plan with the provider's schema is one line of 14 MB.
const largestOutputBytes = 512 * 1024 * 1024;

/** Makes a copy and finds the provider. Throws an error that says what is missing when terraform is not installed. */
export async function copyTerraform(): Promise<TerraformCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'terraform-'));
  await cp(source, folder, { recursive: true, filter: (path) => !/\.ts$|\/\.terraform$|\.tfstate/.test(path) });
  const env = await environment(folder);
  const run: TerraformCopy['run'] = (args, where = '.') => runTerraform(folder, env, [`-chdir=${where}`, ...args]);
  return {
    run,
    async init(where = '.') {
      if (where !== '.') await cp(join(folder, lockFile), join(folder, where, lockFile));
      const args = ['init', '-backend=false', '-input=false', '-no-color', '-lockfile=readonly'];
      expectSuccess(args, await run(args, where));
    },
    async test(files, options = { verbose: false }) {
      const filters = files.map((file) => `-filter=${file}`);
      const { stdout, stderr } = await run(['test', '-json', ...(options.verbose ? ['-verbose'] : []), ...filters]);
      if (stdout === '') throw new Error(`terraform test printed nothing:\n${stderr}`);
      return readTestReport(stdout.trimEnd().split('\n'));
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Throws an error with all that was printed unless the run ended with status 0. */
function expectSuccess(args: readonly string[], outcome: Outcome): void {
  if (outcome.exitStatus === 0) return;
  throw new Error(`terraform ${args.join(' ')}: exit status ${outcome.exitStatus}\n${outcome.stdout}${outcome.stderr}`);
}

/** The environment of every run: a CLI configuration of our own that knows the mirror, or a cache for what is downloaded. */
async function environment(folder: string): Promise<NodeJS.ProcessEnv> {
  const configPath = join(folder, 'cli.tfrc');
  const mirror = await findProviderMirror(usualMirrorRoots());
  await writeFile(configPath, mirror === undefined ? await cachedDownloads() : mirrored(mirror));
  // Settings and credentials of the user must not decide what a test finds.
  const ours = Object.entries(process.env).filter(([name]) => !/^(TF|AWS)_/.test(name));
  return {
    ...Object.fromEntries(ours),
    TF_CLI_CONFIG_FILE: configPath,
    TF_IN_AUTOMATION: '1',
    // Terraform would ask its makers for news.
    CHECKPOINT_DISABLE: '1',
  };
}

function mirrored(path: string): string {
  return `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(path)}\n  }\n}\n`;
}

async function cachedDownloads(): Promise<string> {
  const path = join(readFolders(process.env).cache, 'terraform-plugins');
  await mkdir(path, { recursive: true });
  return `plugin_cache_dir = ${JSON.stringify(path)}\n`;
}

function runTerraform(folder: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd: folder, env, maxBuffer: largestOutputBytes }, (error, stdout, stderr) => {
      if (error === null) resolve({ exitStatus: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ exitStatus: error.code, stdout, stderr });
      else if (error.code === 'ENOENT')
        reject(new Error('terraform is missing: install Terraform 1.11 or later on the PATH', { cause: error }));
      else reject(error);
    });
  });
}
