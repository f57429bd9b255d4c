import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLines } from './watch-lines.ts';

async function* chunked(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const cut of [...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]) {
    yield bytes.subarray(start, cut);
    start = cut;
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of readLines(chunks)) lines.push(line);
  return lines;
}

test('lines come whole wherever the chunks are cut, within a character too', async () => {
  const line = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => !/[\n\r]/.test(text) && text.trim() !== '');
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat()), async (lines, cuts) => {
      const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(''));
      expect(await collect(chunked(bytes, cuts))).toEqual(lines);
    }),
  );
});

test('a last line without an end is dropped: the connection was cut within it', async () => {
  expect(await collect(chunked(Buffer.from('{"a":1}\n{"b":'), []))).toEqual(['{"a":1}']);
});

test('empty lines say nothing', async () => {
  expect(await collect(chunked(Buffer.from('\n \na\n\n'), []))).toEqual(['a']);
});
