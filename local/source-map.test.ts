import { decode, encode } from '@jridgewell/sourcemap-codec';
import { expect, test } from 'vitest';
import { reduceToLines } from './source-map.ts';

test('a source map keeps where each source line begins, and drops columns and names', () => {
  const mappings = encode([
    [
      [0, 0, 0, 4, 0],
      [8, 0, 0, 9],
      [20, 0, 1, 2],
      [30, 1, 1, 0],
    ],
    [],
    [
      [0, 1, 1, 7],
      [5, 0, 1, 0],
    ],
  ]);
  const reduced = reduceToLines({ version: 3, sources: ['a.ts', 'b.ts'], names: ['x'], mappings });
  expect(reduced).toMatchObject({ version: 3, sources: ['a.ts', 'b.ts'], names: [] });
  expect(decode(reduced.mappings)).toEqual([
    [
      [0, 0, 0, 0],
      [20, 0, 1, 0],
      [30, 1, 1, 0],
    ],
    [],
    [[5, 0, 1, 0]],
  ]);
});

test('a stretch that comes from no source stays one', () => {
  const mappings = encode([[[0, 0, 0, 0], [3], [6], [9, 0, 0, 5]]]);
  expect(decode(reduceToLines({ names: [], mappings }).mappings)).toEqual([[[0, 0, 0, 0], [3], [9, 0, 0, 0]]]);
});
