import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

/** The bytes of a document are not those that were stored. */
export class ContentMismatch extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ContentMismatch';
  }
}

/**
 * Passes a content through and compares its length and digest with what the row says. The last piece is held back until
 * both are known to be right: a reader that got all of Content-Length would take the response for whole.
 *
 * @param failure turns whatever ends the stream too early, be it a ContentMismatch or an error of the source, into what
 *   readers are to see.
 */
export function verified(
  expected: { readonly length: number; readonly sha256: string },
  failure: (error: Error) => Error = (error) => error,
): Transform {
  const hash = createHash('sha256');
  let seen = 0;
  let held: Uint8Array | undefined;

  function transform(this: Transform, chunk: Uint8Array, _encoding: string, done: TransformCallback): void {
    seen += chunk.byteLength;
    if (seen > expected.length) {
      done(new ContentMismatch(`more than ${expected.length} bytes`));
      return;
    }
    hash.update(chunk);
    if (held !== undefined) this.push(held);
    held = chunk;
    done();
  }

  function flush(done: TransformCallback): void {
    if (seen !== expected.length) {
      done(new ContentMismatch(`${seen} bytes instead of ${expected.length}`));
      return;
    }
    const sha256 = hash.digest('hex');
    if (sha256 !== expected.sha256) done(new ContentMismatch(`digest ${sha256} instead of ${expected.sha256}`));
    else done(null, held);
  }

  return new Transform({
    transform,
    flush,
    destroy: (error, done) => done(error === null ? null : failure(error)),
  });
}
