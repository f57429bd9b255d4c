import { Readable } from 'node:stream';
import { MissingContent, notKeptHere, storageUnavailable } from '../errors.ts';
import type { ContentStore } from '../stores.ts';

const blockBytes = 64 * 1024;

/** Contents in the memory of this process, for `npm run service` and for tests. Nothing is kept. */
export function createMemoryContents(contents: Map<string, readonly Buffer[]> = new Map()): ContentStore {
  return {
    blockBytes,

    async write(contentId, _documentId, blocks, signal) {
      const copies: Buffer[] = [];
      for (let next = await blocks.next(); next.done !== true; next = await blocks.next()) {
        copies.push(Buffer.from(next.value));
      }
      if (signal.aborted) throw storageUnavailable(signal.reason);
      contents.set(contentId, copies);
      return { where: 'chunks', chunks: copies.length };
    },

    async open(content, signal) {
      if (content.placement.where !== 'chunks') throw notKeptHere(content);
      const found = contents.get(content.id);
      if (found === undefined) throw new MissingContent(content.id);
      const pieces = piecesOf(content.id, found, content.placement.chunks);
      return Readable.from(pieces, { signal, objectMode: false });
    },

    async probe() {
      return undefined;
    },
  };
}

function* piecesOf(contentId: string, found: readonly Buffer[], count: number): Generator<Buffer, void> {
  yield* found;
  if (found.length < count) throw new MissingContent(`${contentId}#${found.length}`);
}
