import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyTerraform, type TerraformCopy } from './testing/terraform-copy.ts';
import { passedRun, type TestRun } from './testing/test-report.ts';

// What these files plan is looked at by tests of their own, which run them too.
const elsewhere = ['examples.tftest.hcl', 'manifests.tftest.hcl'];

/** The test files with the names of their run blocks, as written. */
const files = readdirSync(join(import.meta.dirname, 'tests'))
  .filter((file) => file.endsWith('.tftest.hcl') && !elsewhere.includes(file))
  .map((file) => {
    const text = readFileSync(join(import.meta.dirname, 'tests', file), 'utf8');
    return { file: `tests/${file}`, runs: [...text.matchAll(/^run "([^"]+)"/gm)].map(([, name = '']) => name) };
  });

let terraform: TerraformCopy;
let runs: readonly TestRun[];

beforeAll(async () => {
  terraform = await copyTerraform();
  await terraform.init();
  runs = await terraform.test(files.map(({ file }) => file));
});

afterAll(() => terraform?.remove());

describe.each(files)('terraform test $file', ({ file, runs: names }) => {
  test.each(names)('%s', (name) => {
    const own = runs.filter((run) => run.file === file);
    expect(passedRun(own, name)).toMatchObject({ status: 'pass', errors: [] });
  });
});

test('each module has a test file, and Terraform ran every block of it', () => {
  const modules = readdirSync(join(import.meta.dirname, 'modules'));
  expect(files.map(({ file }) => file)).toEqual(
    expect.arrayContaining(modules.map((name) => `tests/${name}.tftest.hcl`)),
  );
  expect(runs.map((run) => run.name).toSorted()).toEqual(files.flatMap((file) => file.runs).toSorted());
});
