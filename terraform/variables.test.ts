import { expect, test } from 'vitest';
import { otherFiles, testRunBlocks } from './testing/run-blocks.ts';

testRunBlocks(otherFiles);

test('every test file that nobody else runs is run here', () => {
  expect(otherFiles).toContain('variables.tftest.hcl');
});
