import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, run, type CommandLine } from '../processes/run.ts';
import type { Artifact } from './artifact.ts';
import { findPrograms } from './machine.ts';
import { createGoProgress } from './progress.ts';
import type { Requirement } from './requirement.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Programs that are built by one `go build` from the module in a folder beside this file: its `tool` lines name them. */
interface GoModule {
  readonly folder: 'etcd' | 'kubernetes' | 'versitygw';
  readonly title: string;
  /** What the linker is to write into variables (`IMPORT_PATH.NAME`), such as the version that the programs print. */
  readonly variables: (goMod: string) => Readonly<Record<string, string>>;
}

const modules: readonly GoModule[] = [
  {
    folder: 'etcd',
    title: 'building etcd, which stores the objects of the cluster',
    variables: () => ({}),
  },
  {
    folder: 'versitygw',
    title: 'building versitygw, which stands in for S3',
    variables: () => ({}),
  },
  {
    folder: 'kubernetes',
    title: 'building the programs of Kubernetes: nodes and control plane (the longest part of a first run)',
    variables: (goMod) => kubernetesVersion(requiredVersion(goMod, 'k8s.io/kubernetes')),
  },
];

/**
 * How much garbage the compiler lets lie (runtime, GOGC): it is short-lived, and with four times the usual amount it needs
 * a tenth less processor time, for some hundred megabytes more at its peak.
 */
const compilerGarbagePercent = '400';

/** The Go programs of the toolchain as artifacts: one folder for each module, one file in it for each of its tools. */
export function goPrograms(env: Env): Readonly<Record<GoModule['folder'], Artifact>> {
  const artifacts = modules.map((module) => [module.folder, goArtifact(module, env)] as const);
  return Object.fromEntries(artifacts) as Record<GoModule['folder'], Artifact>;
}

/** The version of `path` that a go.mod requires, such as `v1.35.4`. */
export function requiredVersion(goMod: string, path: string): string {
  const line = goMod.split('\n').find((text) =>
    text
      .replace(/^require\s+/, '')
      .trim()
      .startsWith(`${path} v`),
  );
  const version = line
    ?.trim()
    .split(/\s+/)
    .at(line.startsWith('require ') ? 2 : 1);
  if (version === undefined) throw new Error(`go.mod requires no version of ${path}`);
  return version;
}

/** The import paths that a go.mod names in `tool` lines, in its order. */
export function toolsOf(goMod: string): readonly string[] {
  const block = /^tool \(\n([^)]*)\)/m.exec(goMod)?.[1] ?? '';
  const single = /^tool ([^\s(]+)$/m.exec(goMod)?.[1];
  return [...block.split('\n').map((line) => line.trim()), single ?? ''].filter((path) => path !== '');
}

/**
 * What the release build of Kubernetes tells its programs about their own version (hack/lib/version.sh of Kubernetes):
 * without it they say v0.0.0 and refuse one another for being too far apart.
 */
function kubernetesVersion(version: string): Readonly<Record<string, string>> {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)\./.exec(version) ?? [];
  const facts = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  const packages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  return Object.fromEntries(
    packages.flatMap((path) => Object.entries(facts).map(([name, value]) => [`${path}.${name}`, value])),
  );
}

/**
 * The command line that builds all tools of a module: one as the file `out`, several into the folder `out/`. What costs the
 * compiler time and the local system little is left out: what only debuggers read, which the linker drops anyway (a tenth
 * of the time), and inlining but in the standard library (a fifth).
 */
export function goBuild(
  out: string,
  tools: readonly string[],
  variables: Readonly<Record<string, string>>,
): CommandLine {
  const ldflags = ['-s', '-w', ...Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`)].join(' ');
  // One invocation for all tools: they share most of their packages.
  const compileFast = ['-gcflags', 'all=-dwarf=false -l', '-gcflags', 'std=-dwarf=false'];
  return [
    'go',
    'build',
    '-v',
    '-trimpath',
    '-buildvcs=false',
    ...compileFast,
    '-ldflags',
    ldflags,
    '-o',
    out,
    ...tools,
  ];
}

function goArtifact(module: GoModule, env: Env): Artifact {
  const source = join(import.meta.dirname, module.folder);
  const goMod = readFileSync(join(source, 'go.mod'), 'utf8');
  const goSum = readFileSync(join(source, 'go.sum'), 'utf8');
  const variables = module.variables(goMod);
  const tools = toolsOf(goMod);
  return {
    name: module.folder,
    title: module.title,
    inputs: [goMod, goSum, goBuild('out', tools, variables).join(' ')],
    needs: [goRequirement(source, env)],
    async build(folder, work) {
      const progress = createGoProgress((line) => {
        work.print(line);
      }, performance.now.bind(performance));
      const out = tools.length === 1 ? join(folder, module.folder) : `${folder}/`;
      await run(goBuild(out, tools, variables), {
        cwd: source,
        // Static programs, which also run in a container without libraries; a go.work of the user's is none of ours.
        env: { GOGC: compilerGarbagePercent, ...work.env, CGO_ENABLED: '0', GOWORK: 'off' },
        logPath: work.logPath,
        signal: work.signal,
        onLine: (line) => {
          progress.take(line);
        },
      });
    },
  };
}

/** Go new enough for a module; Go itself decides, since a Go of 1.21 or later may fetch a newer one by itself. */
export function goRequirement(moduleFolder: string, env: Env): Requirement {
  return {
    what: 'Go 1.26 or later, which builds Kubernetes, etcd and versitygw',
    packages: [],
    remedy: 'https://go.dev/doc/install (the Go of Debian 12 is too old); then put its bin folder on the PATH.',
    async unmet() {
      if (findPrograms('go', env).length === 0) return '';
      try {
        await run(['go', 'version'], { cwd: moduleFolder, env: { ...env, GOWORK: 'off' } });
        return undefined;
      } catch (error) {
        if (error instanceof CommandError) return error.lastLines.join(' ');
        throw error;
      }
    },
  };
}
