/**
 * `npm run build`: each program as one file, `dist/operator.mjs` and `dist/service.mjs`, with its source map and the
 * licences of the packages in it. Also runs inside the build stage of the Dockerfiles: `node local/build.ts operator`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { reduceToLines, type SourceMap } from './source-map.ts';

export type Program = 'operator' | 'service';

/** Both programs of the product. */
export const programs: readonly Program[] = ['operator', 'service'];

/** What was written for one program; paths are absolute, sizes in bytes. */
export interface Bundle {
  readonly path: string;
  readonly bytes: number;
  readonly sourceMapPath: string;
  readonly licencesPath: string;
  /** Names of the npm packages that went into it, sorted. */
  readonly packages: readonly string[];
}

const thisRepository = join(import.meta.dirname, '..');

/** The repository to build from, and where to write; `dist/` of this one when left out. */
export interface BundlePlace {
  readonly repository: string;
  readonly outFolder: string;
}

const here: BundlePlace = { repository: thisRepository, outFolder: join(thisRepository, 'dist') };

/** Some packages still call `require`, which a module does not have (Node: node:module, createRequire). */
const requireForModules =
  "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);";

/** Bundles one program with all its packages. Rejects with esbuild's messages, which name file and line. */
export async function bundle(program: Program, { repository, outFolder }: BundlePlace = here): Promise<Bundle> {
  const path = join(outFolder, `${program}.mjs`);
  const { metafile, outputFiles } = await build({
    absWorkingDir: repository,
    entryPoints: [join(program, 'main.ts')],
    outfile: path,
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: requireForModules },
    // A third of the bytes and of the time to load; names stay, so that stack traces can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: 'linked',
    // Stack traces need files and lines, not the sources.
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
  });
  const packages = packagesOf(metafile);
  const licencesPath = join(outFolder, `${program}.licences.txt`);
  mkdirSync(outFolder, { recursive: true });
  for (const file of outputFiles) writeFileSync(file.path, file.path === path ? file.contents : smallMap(file.text));
  writeFileSync(licencesPath, packages.map((folder) => licenceText(join(repository, folder))).join('\n'));
  const bytes = outputFiles.find((file) => file.path === path)?.contents.byteLength ?? 0;
  return { path, bytes, sourceMapPath: `${path}.map`, licencesPath, packages: packages.map(packageName) };
}

function smallMap(text: string): string {
  const map: SourceMap = JSON.parse(text);
  return JSON.stringify(reduceToLines(map));
}

/** The package folders, relative to the repository, from which a bundle took something, sorted. */
export function packagesOf(metafile: Pick<Metafile, 'inputs'>): readonly string[] {
  const folders = Object.keys(metafile.inputs).flatMap((path) => {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
    return folder === undefined ? [] : [folder];
  });
  return [...new Set(folders)].sort();
}

function packageName(folder: string): string {
  return folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** Name, version and licence of a package, and the text of its licence file where it brings one. */
function licenceText(folder: string): string {
  const manifest: { readonly version?: string; readonly license?: unknown } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.|$)/i.test(name));
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
  const licence = typeof manifest.license === 'string' ? manifest.license : 'see its text';
  return `${'='.repeat(80)}\n${packageName(folder)} ${manifest.version ?? ''} (${licence})\n\n${text}\n`;
}

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !programs.some((program) => program === name));
  if (unknown.length > 0) throw new Error(`no such program: ${unknown.join(', ')}; there are ${programs.join(', ')}`);
  for (const program of programs) {
    if (names.length > 0 && !names.includes(program)) continue;
    const { path, bytes, packages } = await bundle(program);
    console.log(`${relative(process.cwd(), path)}  ${(bytes / 1024).toFixed(0)} KiB, ${packages.length} packages`);
  }
}

if (import.meta.main) await main(process.argv.slice(2));
