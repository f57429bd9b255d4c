import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyTerraform, type TerraformCopy } from './terraform-copy.ts';
import { passedRun, type TestRun } from './test-report.ts';

const root = join(import.meta.dirname, '..');
const testFiles = readdirSync(join(root, 'tests')).filter((file) => file.endsWith('.tftest.hcl'));

/** The modules, and with them the test files in tests/ that are named after one. */
export const modules: readonly string[] = readdirSync(join(root, 'modules'));
const isOfModule = (file: string): boolean => modules.includes(file.replace('.tftest.hcl', ''));
export const filesOfModules: readonly string[] = testFiles.filter(isOfModule);

// What these files plan is looked at by tests of their own, which run them too.
const elsewhere = ['examples.tftest.hcl', 'manifests.tftest.hcl'];
export const otherFiles: readonly string[] = testFiles.filter((file) => !isOfModule(file) && !elsewhere.includes(file));

/** Declares a test for every run block of these files in tests/, and runs all of them by one `terraform test`. */
export function testRunBlocks(names: readonly string[]): void {
  const files = names.map((name) => {
    const text = readFileSync(join(root, 'tests', name), 'utf8');
    return { file: `tests/${name}`, blocks: [...text.matchAll(/^run "([^"]+)"/gm)].map(([, block = '']) => block) };
  });
  let terraform: TerraformCopy;
  let runs: readonly TestRun[];

  beforeAll(async () => {
    terraform = await copyTerraform();
    await terraform.init();
    runs = await terraform.test(files.map(({ file }) => file));
  });

  afterAll(() => terraform?.remove());

  describe.each(files)('terraform test $file', ({ file, blocks }) => {
    test.each(blocks)('%s', (name) => {
      const own = runs.filter((run) => run.file === file);
      expect(passedRun(own, name)).toMatchObject({ status: 'pass', errors: [] });
    });
  });

  test('Terraform ran every block', () => {
    expect(files.length).toBeGreaterThan(0);
    expect(runs.map((run) => run.name).toSorted()).toEqual(files.flatMap(({ blocks }) => blocks).toSorted());
  });
}
