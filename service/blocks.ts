import { createHash } from 'node:crypto';
import { DocumentError } from './errors.ts';

/** What a body may be and how it is cut. */
export interface BlockLimits {
  /** The most bytes that a body may have. */
  readonly maxBytes: number;
  /** Bytes of a whole block. */
  readonly blockBytes: number;
  /** Content-Length, where the client sent one. */
  readonly declaredBytes: number | undefined;
}

/** A body cut into blocks, with what was seen of it so far. */
export interface MeasuredBlocks extends AsyncIterator<Buffer, void> {
  /** Bytes so far. */
  length(): number;
  /** SHA-256 of the whole body, hex. To be called once, after the last block. */
  sha256(): string;
}

const smallestBufferBytes = 64 * 1024;

/**
 * Cuts a body into blocks while hashing and counting it. Two buffers take turns, so that a block may be sent while the
 * next one fills; memory is two blocks at most, however large the body is.
 *
 * Blocks have memory of their own: views of the small chunks that the socket delivers would each keep a whole slab of
 * the pool alive (aws/aws-sdk-js-v3#8286).
 *
 * @throws DocumentError `too-large` on the first byte over the limit; `incomplete-body` when the client goes away.
 */
export function measuredBlocks(body: AsyncIterable<Uint8Array>, limits: BlockLimits): MeasuredBlocks {
  const hash = createHash('sha256');
  let length = 0;

  function measure(chunk: Uint8Array): void {
    length += chunk.byteLength;
    if (length > limits.maxBytes) throw tooLarge(limits.maxBytes);
    hash.update(chunk);
  }

  async function* cut(): AsyncGenerator<Buffer, void> {
    let filling = newBuffer(limits);
    let spare: Buffer | undefined;
    let filled = 0;
    for await (const chunk of fromClient(body)) {
      measure(chunk);
      for (let taken = 0; taken < chunk.byteLength;) {
        filling = withRoom(filling, filled, chunk.byteLength - taken, limits.blockBytes);
        const count = Math.min(chunk.byteLength - taken, limits.blockBytes - filled);
        filling.set(chunk.subarray(taken, taken + count), filled);
        filled += count;
        taken += count;
        if (filled < limits.blockBytes) continue;
        yield filling;
        [filling, spare] = [spare ?? Buffer.allocUnsafeSlow(limits.blockBytes), filling];
        filled = 0;
      }
    }
    if (filled > 0) yield filling.subarray(0, filled);
  }

  const blocks = cut();
  return { next: () => blocks.next(), length: () => length, sha256: () => hash.digest('hex') };
}

/** The problem of a body over the limit. */
export function tooLarge(maxBytes: number): DocumentError {
  return new DocumentError('too-large', `A document has at most ${maxBytes} bytes.`);
}

function newBuffer({ blockBytes, declaredBytes }: BlockLimits): Buffer {
  return Buffer.allocUnsafeSlow(Math.min(blockBytes, declaredBytes ?? smallestBufferBytes));
}

/** The buffer itself where it has room for the bytes or is a whole block, otherwise a copy at least twice its size. */
function withRoom(buffer: Buffer, filled: number, wanted: number, blockBytes: number): Buffer {
  if (filled + wanted <= buffer.length || buffer.length === blockBytes) return buffer;
  const larger = Buffer.allocUnsafeSlow(Math.min(blockBytes, Math.max(buffer.length * 2, filled + wanted)));
  buffer.copy(larger, 0, 0, filled);
  return larger;
}

async function* fromClient(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield* body;
  } catch (error) {
    throw new DocumentError('incomplete-body', 'The body ended before it was complete.', { cause: error });
  }
}
