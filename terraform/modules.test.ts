import { expect, test } from 'vitest';
import { filesOfModules, modules, testRunBlocks } from './testing/run-blocks.ts';

testRunBlocks(filesOfModules);

test('each module has a test file', () => {
  expect(filesOfModules.toSorted()).toEqual(modules.map((name) => `${name}.tftest.hcl`).toSorted());
});
