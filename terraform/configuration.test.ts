import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyTerraform, type TerraformCopy } from './testing/terraform-copy.ts';

const folder = import.meta.dirname;
const roots = ['.', ...readdirSync(join(folder, 'examples')).map((name) => `examples/${name}`)];

let terraform: TerraformCopy;

beforeAll(async () => {
  terraform = await copyTerraform();
});

afterAll(() => terraform?.remove());

test('every file is formatted as terraform fmt formats it', async () => {
  expect(await terraform.run(['fmt', '-check', '-diff', '-recursive'])).toEqual({
    exitStatus: 0,
    stdout: '',
    stderr: '',
  });
});

test.each(roots)('%s is valid, with the provider that the lock file names', async (root) => {
  await terraform.init(root);
  const { stdout } = await terraform.run(['validate', '-json', '-no-tests'], root);
  expect(JSON.parse(stdout)).toMatchObject({ valid: true, diagnostics: [] });
});

describe('variables and outputs', () => {
  const blocks = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.tf'))
    .flatMap((path) => {
      const text = readFileSync(join(folder, path), 'utf8');
      const found = text.matchAll(/^(variable|output) "([^"]+)" \{\n([\s\S]*?)^\}/gm);
      return [...found].map(([, kind = '', name = '', body = '']) => ({ kind, name, path, body }));
    });

  test('each has a description, and each variable a type', () => {
    expect(blocks.length).toBeGreaterThan(60);
    expect(blocks.filter(({ body }) => !/^ {2}description +=/m.test(body))).toEqual([]);
    expect(blocks.filter(({ kind, body }) => kind === 'variable' && !/^ {2}type +=/m.test(body))).toEqual([]);
  });

  // What stands for nobody in particular must not be what somebody gets who did not think of it.
  test.each(['client_cidrs', 'cluster_access'])('%s has to be written', (name) => {
    const [variable] = blocks.filter((block) => block.path === 'variables.tf' && block.name === name);
    expect(variable?.body).toMatch(/^ {2}type +=/m);
    expect(variable?.body).not.toMatch(/^ {2}default +=/m);
  });

  test('what a validation says begins with what to write', () => {
    const messages = blocks.flatMap(({ body }) =>
      [...body.matchAll(/error_message = "([^"]*)/g)].map(([, text = '']) => text),
    );
    expect(messages.length).toBeGreaterThan(25);
    expect(
      messages.filter((text) => !/\bwrite\b/i.test(text) && !text.startsWith('cluster_public_cidrs names')),
    ).toEqual([]);
  });
});
