import { array, assert, asyncProperty, boolean, integer, record, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measuredBlocks, type MeasuredBlocks } from './blocks.ts';
import { sha256 } from './test/builders.ts';

async function* bodyOf(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  yield* chunks;
}

/** Copies of the blocks, as soon as each comes: they may be overwritten later. */
async function read(blocks: MeasuredBlocks): Promise<readonly Buffer[]> {
  const copies: Buffer[] = [];
  for (let next = await blocks.next(); next.done !== true; next = await blocks.next())
    copies.push(Buffer.from(next.value));
  return copies;
}

test('a body is cut into whole blocks and a last one, whatever its chunks and whatever was declared', async () => {
  const cases = record({
    chunks: array(uint8Array({ maxLength: 40 }), { maxLength: 20 }),
    blockBytes: integer({ min: 1, max: 64 }),
    declared: boolean(),
  });
  await assert(
    asyncProperty(cases, async ({ chunks, blockBytes, declared }) => {
      const whole = Buffer.concat(chunks);
      const declaredBytes = declared ? whole.length : undefined;
      const blocks = measuredBlocks(bodyOf(...chunks), { maxBytes: 1000, blockBytes, declaredBytes });
      const cut = await read(blocks);
      expect(Buffer.concat(cut).equals(whole)).toBe(true);
      expect(cut.map(({ length }) => length)).toEqual(lengthsOf(whole.length, blockBytes));
      expect(blocks.length()).toBe(whole.length);
      expect(blocks.sha256()).toBe(sha256(whole));
    }),
  );
});

function lengthsOf(total: number, blockBytes: number): readonly number[] {
  const whole = Array.from({ length: Math.floor(total / blockBytes) }, () => blockBytes);
  return total % blockBytes === 0 ? whole : [...whole, total % blockBytes];
}

test('a block stays as it is until the second next one is asked for', async () => {
  const chunks = ['aaaa', 'bbbb', 'cccc', 'dddd'].map((text) => Buffer.from(text));
  const blocks = measuredBlocks(bodyOf(...chunks), { maxBytes: 100, blockBytes: 4, declaredBytes: undefined });
  const first = (await blocks.next()).value;
  const second = (await blocks.next()).value;
  expect(String(first) + String(second)).toBe('aaaabbbb');
});

test('two buffers are enough for a body of any size', async () => {
  const chunks = Array.from({ length: 50 }, () => Buffer.alloc(4096));
  const blocks = measuredBlocks(bodyOf(...chunks), { maxBytes: 1e9, blockBytes: 4096, declaredBytes: undefined });
  const buffers = new Set<unknown>();
  for (let next = await blocks.next(); next.done !== true; next = await blocks.next()) buffers.add(next.value.buffer);
  expect(buffers.size).toBe(2);
});

describe('a limit of ten bytes', () => {
  const limited = (...chunks: readonly number[]) => {
    const body = bodyOf(...chunks.map((length) => Buffer.alloc(length)));
    return read(measuredBlocks(body, { maxBytes: 10, blockBytes: 4, declaredBytes: undefined }));
  };

  test('lets ten bytes through', async () => {
    expect(await limited(4, 6)).toHaveLength(3);
  });

  test.each([
    { reason: 'a byte more', chunks: [4, 6, 1] },
    { reason: 'all at once', chunks: [1000] },
  ])('refuses $reason', async ({ chunks }) => {
    const refusal = { code: 'too-large', message: 'A document has at most 10 bytes.' };
    await expect(limited(...chunks)).rejects.toMatchObject(refusal);
  });
});

test('a client that goes away is told from everything else', async () => {
  async function* gone(): AsyncGenerator<Uint8Array, void> {
    yield Buffer.from('half of');
    throw new Error('aborted');
  }
  const blocks = measuredBlocks(gone(), { maxBytes: 100, blockBytes: 50, declaredBytes: 20 });
  await expect(read(blocks)).rejects.toMatchObject({ code: 'incomplete-body', cause: { message: 'aborted' } });
});
