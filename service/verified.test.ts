import { array, assert, asyncProperty, uint8Array } from 'fast-check';
import { pipeline } from 'node:stream/promises';
import { Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { sha256 } from './test/builders.ts';
import { ContentMismatch, verified } from './verified.ts';

async function read(chunks: readonly Buffer[], expected: { length: number; sha256: string }): Promise<Buffer> {
  const seen: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      seen.push(chunk);
      done();
    },
  });
  try {
    await pipeline(Readable.from(chunks, { objectMode: false }), verified(expected), sink);
  } catch (error) {
    throw Object.assign(error as Error, { passed: Buffer.concat(seen) });
  }
  return Buffer.concat(seen);
}

test('what is right passes as it is, however it is cut', async () => {
  const chunks = array(uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)));
  await assert(
    asyncProperty(chunks, async (pieces) => {
      const whole = Buffer.concat(pieces);
      const passed = await read(pieces, { length: whole.length, sha256: sha256(whole) });
      expect(passed.equals(whole)).toBe(true);
    }),
  );
});

test.each([
  { reason: 'a byte too few', chunks: ['hel', 'l'], says: '4 bytes instead of 5' },
  { reason: 'a byte too many', chunks: ['hel', 'lo', '!'], says: 'more than 5 bytes' },
  { reason: 'nothing at all', chunks: [], says: '0 bytes instead of 5' },
  { reason: 'other bytes', chunks: ['hel', 'lO'], says: 'digest' },
])('$reason: fails, and no reader has got all it was promised', async ({ chunks, says }) => {
  const failure = read(
    chunks.map((text) => Buffer.from(text)),
    { length: 5, sha256: sha256('hello') },
  );
  await expect(failure).rejects.toThrow(says);
  await expect(failure).rejects.toBeInstanceOf(ContentMismatch);
  const { passed } = (await failure.catch((error: unknown) => error)) as { passed: Buffer };
  expect(passed.length).toBeLessThan(5);
});
