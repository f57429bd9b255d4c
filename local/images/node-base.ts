import { chmodSync, copyFileSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { run } from '../processes/run.ts';
import type { Artifact } from '../toolchain/artifact.ts';
import { buildCommand, prepareStorage } from './buildah.ts';

/** References of the two base images in the storage of `nodeBase`. */
export const baseImages = { runtime: 'localhost/node-base:runtime', build: 'localhost/node-base:build' } as const;

const dockerfiles = join(import.meta.dirname, 'node-base');

/** The user that the distroless images call nonroot. */
const nonrootId = 65532;

/** A storage of buildah with the two base images, made of the Node that runs this. */
export function nodeBase(): Artifact {
  const recipe = [import.meta.filename, join(dockerfiles, 'Dockerfile.runtime'), join(dockerfiles, 'Dockerfile.build')];
  return {
    name: 'node-base',
    title: "making base images of this machine's Node, since there is no registry to fetch any from",
    inputs: [process.version, ...recipe.map((path) => readFileSync(path, 'utf8'))],
    needs: [],
    async build(folder, { env, logPath, signal }) {
      prepareStorage({ folder });
      const contextFolder = join(folder, 'context');
      await layOutNodeBase(contextFolder, process.execPath);
      const buildArgs = { RUNTIME_IMAGE: baseImages.runtime };
      for (const [kind, args] of [['runtime', {}] as const, ['build', buildArgs] as const]) {
        const dockerfile = join(dockerfiles, `Dockerfile.${kind}`);
        const wanted = { reference: baseImages[kind], dockerfile, contextFolder, buildArgs: args };
        await run(buildCommand({ folder }, wanted), { env, logPath, signal });
      }
      rmSync(contextFolder, { recursive: true });
    },
  };
}

/**
 * Lays out the two file trees of the Dockerfiles in node-base/ in `folder`: `runtime/` holds a Node with the libraries that it is
 * linked to, and the few files of /etc that programs look for; `build/` what it takes beyond that to run commands.
 */
export async function layOutNodeBase(folder: string, nodeProgram: string): Promise<void> {
  const runtime = join(folder, 'runtime');
  const node = realpathSync(nodeProgram);
  await copyProgram(node, join(runtime, 'nodejs', 'bin', 'node'), runtime);
  const files: Readonly<Record<string, string>> = {
    'etc/passwd': `root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:${nonrootId}:${nonrootId}:nonroot:/home/nonroot:/sbin/nologin\n`,
    'etc/group': `root:x:0:\nnonroot:x:${nonrootId}:\n`,
    'etc/nsswitch.conf': 'hosts: files dns\n',
    // The authorities that Node itself trusts (Mozilla's list), so that nothing depends on the packages of this machine.
    'etc/ssl/certs/ca-certificates.crt': `${rootCertificates.join('\n')}\n`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(runtime, path)), { recursive: true });
    writeFileSync(join(runtime, path), text, { mode: 0o644 });
  }
  mkdirSync(join(runtime, 'home', 'nonroot'), { recursive: true });
  mkdirSync(join(runtime, 'tmp'));
  // The mode that is asked of mkdir goes through the umask.
  chmodSync(join(runtime, 'tmp'), 0o1777);

  const build = join(folder, 'build');
  await copyProgram(realpathSync('/bin/sh'), join(build, 'bin', 'sh'), build);
}

/** Copies a program, and below `root` the libraries that its dynamic linker loads, each to where it will look for it. */
async function copyProgram(program: string, target: string, root: string): Promise<void> {
  const copies = parseLibraries(await run(['ldd', program], { env: { LC_ALL: 'C' } })).map(
    (library) => [library, join(root, library)] as const,
  );
  for (const [from, to] of [[program, target] as const, ...copies]) {
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
    chmodSync(to, 0o755);
  }
}

/** The absolute paths of the libraries that `ldd` found, from its output (ldd(1)). Throws when it missed one. */
export function parseLibraries(lddOutput: string): readonly string[] {
  return lddOutput.split('\n').flatMap((line) => {
    const missing = /^\s*(\S+) => not found/.exec(line)?.[1];
    if (missing !== undefined) throw new Error(`a library of the program is not installed: ${missing}`);
    const path = /^\s*(?:\S+ => )?(\/\S+) \(0x/.exec(line)?.[1];
    return path === undefined ? [] : [path];
  });
}
