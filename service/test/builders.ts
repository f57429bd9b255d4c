import { createHash, randomUUID } from 'node:crypto';
import { newContentId } from '../attempts.ts';
import { nextChange, type Change, type Wish } from '../change.ts';
import type { LiveDocument, Row } from '../document.ts';
import { checkDocumentId, type DocumentId } from '../document-id.ts';

/** A document id that no other test has. */
export function someId(): DocumentId {
  return checkDocumentId(`document ${randomUUID()}`);
}

/** SHA-256 in hex. */
export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

type PutWish = Extract<Wish, { kind: 'put' }>;

/** A wish to store a small text in the row. */
export function putWish(id: DocumentId, text: string, overrides: Partial<PutWish> = {}): PutWish {
  return {
    kind: 'put',
    id,
    contentId: newContentId(Date.now()),
    preconditions: {},
    placement: { where: 'inline' },
    inline: Buffer.from(text),
    length: Buffer.byteLength(text),
    sha256: sha256(text),
    contentType: 'text/plain',
    ...overrides,
  };
}

type RemoveWish = Extract<Wish, { kind: 'remove' }>;

/** A wish to delete a document. */
export function removeWish(id: DocumentId, overrides: Partial<RemoveWish> = {}): RemoveWish {
  return { kind: 'remove', id, contentId: newContentId(Date.now()), preconditions: {}, ...overrides };
}

/** The first attempt at a wish, sent now. */
export function firstChange(wish: Wish): Change {
  return nextChange(wish, 1, Date.now());
}

/** A document with a text in its row. */
export function liveDocument(text: string, overrides: Partial<LiveDocument> = {}): LiveDocument {
  return {
    state: 'live',
    version: 7,
    content: { id: 'c0ffee', atMs: 1_700_000_000_000, placement: { where: 'inline' } },
    length: Buffer.byteLength(text),
    sha256: sha256(text),
    contentType: 'text/plain',
    createdMs: 1_700_000_000_000,
    modifiedMs: 1_700_000_000_123,
    body: Buffer.from(text),
    ...overrides,
  };
}

/** A row of a document with the given attempts behind it, newest first. */
export function rowOf(document: Row['document'], overrides: Partial<Row> = {}): Row {
  return { id: checkDocumentId('a'), document, recent: [], burned: [], dead: [], ...overrides };
}

/** Blocks as `ContentStore.write` takes them. */
export function blocksOf(...blocks: readonly (string | Buffer)[]): AsyncIterator<Buffer, void> {
  const rest = blocks.map((block) => Buffer.from(block as string));
  return {
    async next() {
      const value = rest.shift();
      return value === undefined ? { done: true, value: undefined } : { done: false, value };
    },
  };
}

/** Blocks that end in a failure, as those of a client that goes away. */
export function brokenBlocks(error: Error, ...blocks: readonly (string | Buffer)[]): AsyncIterator<Buffer, void> {
  const rest = blocksOf(...blocks);
  return {
    async next() {
      const next = await rest.next();
      if (next.done === true) throw error;
      return next;
    },
  };
}

/** Bytes that no two blocks have in common. */
export function randomBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 4096) bytes.write(randomUUID(), at, 'latin1');
  return bytes;
}
