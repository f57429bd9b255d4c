import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { programs } from '../build.ts';

const repository = join(import.meta.dirname, '..', '..');

function read(path: string): string {
  return readFileSync(join(repository, path), 'utf8');
}

/** The instructions of a Dockerfile: comments left out, continued lines joined. */
function instructions(dockerfile: string): readonly string[] {
  return dockerfile
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '');
}

describe.each(programs)('Dockerfile.%s', (program) => {
  const all = instructions(read(`Dockerfile.${program}`));
  const last = all.slice(all.findLastIndex((line) => line.startsWith('FROM ')));

  test('is built by the Node that everything here runs on', () => {
    const manifest: { readonly devDependencies: { readonly node: string } } = JSON.parse(read('package.json'));
    expect(all).toContain(`ARG BUILD_IMAGE=node:${manifest.devDependencies.node}-trixie-slim`);
  });

  test('ships the bundle and nothing that builds it', () => {
    expect(last[0]).toBe('FROM ${RUNTIME_IMAGE}');
    expect(last.filter((line) => line.startsWith('RUN '))).toEqual([]);
    expect(last.filter((line) => /^(?:COPY|ADD) /.test(line))).toEqual([
      'COPY LICENSE /app/',
      `COPY --from=build /src/dist/${program}.mjs /src/dist/${program}.mjs.map /src/dist/${program}.licences.txt /app/`,
    ]);
  });

  test('runs as a number that is not root, without a shell, with source maps', () => {
    expect(last.filter((line) => line.startsWith('USER '))).toEqual(['USER 65532:65532']);
    expect(last.at(-1)).toBe(`ENTRYPOINT ["/nodejs/bin/node", "--enable-source-maps", "/app/${program}.mjs"]`);
  });

  test('copies only what .dockerignore lets into a build', () => {
    const copied = all
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1));
    const allowed = read('.dockerignore').split('\n');
    expect(copied.filter((path) => !allowed.includes(`!${path}`))).toEqual([]);
  });
});
