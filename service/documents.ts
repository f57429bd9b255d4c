import { newContentId } from './attempts.ts';
import { measuredBlocks, tooLarge, type MeasuredBlocks } from './blocks.ts';
import { maxCachedBodyBytes, type CacheAside, type Lookup } from './cache-aside.ts';
import { commit, type Committed, type CommitWorld } from './commit.ts';
import type { Wish } from './change.ts';
import { liveDocument, type LiveDocument, type Placement } from './document.ts';
import type { DocumentId } from './document-id.ts';
import { DocumentError, MissingContent } from './errors.ts';
import { isConditional, judge, type Preconditions } from './preconditions.ts';
import type { ContentStore, MetadataStore } from './stores.ts';
import { ContentMismatch, verified } from './verified.ts';
import { pipeline, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

/** What the use cases stand on. */
export interface DocumentsWorld extends CommitWorld {
  readonly metadata: MetadataStore;
  readonly contents: ContentStore;
  readonly cache: CacheAside;
  readonly maxDocumentBytes: number;
  /** Content up to this many bytes lives in the row. */
  readonly inlineMaxBytes: number;
  /** Called when stored bytes are gone or are not those that were stored: someone has to be woken. */
  readonly onDamage: (kind: 'missing' | 'mismatch', id: DocumentId, cause: unknown) => void;
}

/** A request to store a document. */
export interface PutRequest {
  readonly id: DocumentId;
  readonly preconditions: Preconditions;
  readonly contentType: string;
  readonly declaredBytes: number | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** Unix milliseconds after which nothing more is begun. */
  readonly deadlineMs: number;
}

/** A document that was asked for, or that the asker has it already (304). */
export type Selected =
  | { readonly kind: 'selected'; readonly document: LiveDocument }
  | { readonly kind: 'not-modified'; readonly document: LiveDocument };

/** A selected document with its bytes, verified while they are read; small ones come whole. */
export type Opened =
  | { readonly kind: 'opened'; readonly document: LiveDocument; readonly body: Uint8Array | Readable }
  | { readonly kind: 'not-modified'; readonly document: LiveDocument };

/** A stored document as its writer hears of it. */
export interface Stored extends Committed {
  readonly sha256: string;
}

/**
 * The use cases. The order of writes is here, and is what makes an acknowledged document durable: the content to a place
 * that was never used before, then one conditional commit of the row, then the cache, then the answer. A crash between
 * any two of them leaves at most a content that no row names. Everything throws DocumentError.
 */
export interface Documents {
  put(request: PutRequest): Promise<Stored>;
  remove(id: DocumentId, preconditions: Preconditions, deadlineMs: number): Promise<void>;
  select(id: DocumentId, preconditions: Preconditions): Promise<Selected>;
  open(id: DocumentId, preconditions: Preconditions, signal: AbortSignal): Promise<Opened>;
}

/** How often the row is read again when the content it names is not there: it may just have been replaced. */
const maxRereads = 2;
/** Longest time spent on one commit, with all that is repeated. */
const commitBudgetMs = 10_000;

/** Creates the use cases. */
export function createDocuments(world: DocumentsWorld): Documents {
  const { metadata, contents, cache } = world;

  async function put(request: PutRequest): Promise<Stored> {
    const { id, preconditions, contentType } = request;
    if ((request.declaredBytes ?? 0) > world.maxDocumentBytes) throw tooLarge(world.maxDocumentBytes);
    const knownVersion = await refuseEarly(id, preconditions);
    const contentId = newContentId(world.nowMs());
    const received = await receive(world, request, contentId);
    const wish: Wish = { kind: 'put', id, contentId, preconditions, contentType, ...received };
    return { ...(await write(wish, knownVersion, request.deadlineMs)), sha256: received.sha256 };
  }

  /** Spares the client an upload that would be refused. Only a hint: the commit decides. */
  async function refuseEarly(id: DocumentId, preconditions: Preconditions): Promise<number | undefined> {
    if (!isConditional(preconditions)) return undefined;
    const row = await metadata.read(id);
    if (judge(preconditions, liveDocument(row?.document)) !== 'holds') throw preconditionFailed();
    return row?.document.version;
  }

  async function write(wish: Wish, knownVersion: number | undefined, deadlineMs: number): Promise<Committed> {
    const tellCache = cache.writing(wish.id);
    try {
      const committed = await commit(world, wish, {
        knownVersion,
        deadlineMs: Math.min(deadlineMs, world.nowMs() + commitBudgetMs),
      });
      await tellCache(committed.newest);
      return committed;
    } catch (error) {
      if (mayHaveCommitted(error)) await tellCache(undefined);
      throw error;
    }
  }

  async function remove(id: DocumentId, preconditions: Preconditions, deadlineMs: number): Promise<void> {
    await write({ kind: 'remove', id, contentId: newContentId(world.nowMs()), preconditions }, undefined, deadlineMs);
  }

  async function lookUp(id: DocumentId): Promise<Lookup> {
    const lookup = await cache.find(id);
    if (lookup.document !== undefined) return lookup;
    const document = (await metadata.read(id))?.document;
    if (document !== undefined) lookup.offer(document);
    return { document, offer: lookup.offer };
  }

  async function select(id: DocumentId, preconditions: Preconditions): Promise<Selected> {
    return chosen((await lookUp(id)).document, preconditions);
  }

  async function open(id: DocumentId, preconditions: Preconditions, signal: AbortSignal): Promise<Opened> {
    let { document, offer } = await lookUp(id);
    for (let rereads = 0; ; rereads += 1) {
      const { kind, document: live } = chosen(document, preconditions);
      if (kind === 'not-modified') return { kind, document: live };
      try {
        return { kind: 'opened', document: live, body: await bytesOf(world, id, live, offer, signal) };
      } catch (error) {
        if (!(error instanceof MissingContent)) throw error;
        if (rereads === maxRereads) throw lost(world, 'missing', id, error);
      }
      document = (await metadata.read(id))?.document;
    }
  }

  return { put, remove, select, open };
}

type Received = { readonly placement: Placement; readonly inline?: Uint8Array; readonly length: number } & {
  readonly sha256: string;
};

/** Reads the body and puts it into its place: the row, if it is small enough, or the content store. */
async function receive(world: DocumentsWorld, request: PutRequest, contentId: string): Promise<Received> {
  const { maxDocumentBytes: maxBytes, inlineMaxBytes, contents } = world;
  const { declaredBytes } = request;
  const blocks = measuredBlocks(request.body, { maxBytes, blockBytes: contents.blockBytes, declaredBytes });
  const first = await blocks.next();
  const firstBytes = first.done === true ? Buffer.alloc(0) : first.value;
  if (firstBytes.length <= inlineMaxBytes && firstBytes.length < contents.blockBytes) {
    return { placement: { where: 'inline' }, inline: firstBytes, length: firstBytes.length, sha256: blocks.sha256() };
  }
  const placement = await contents.write(contentId, request.id, resumed(firstBytes, blocks));
  return { placement, length: blocks.length(), sha256: blocks.sha256() };
}

/** The blocks again from the first, which has been taken already. */
function resumed(first: Buffer, rest: MeasuredBlocks): AsyncIterator<Buffer, void> {
  let begun = false;
  return {
    next() {
      if (begun) return rest.next();
      begun = true;
      return Promise.resolve({ done: false, value: first });
    },
  };
}

async function bytesOf(
  world: DocumentsWorld,
  id: DocumentId,
  live: LiveDocument,
  offer: Lookup['offer'],
  signal: AbortSignal,
): Promise<Uint8Array | Readable> {
  if (live.body !== undefined) return live.body;
  const stored = await world.contents.open(live.content, signal);
  const checked = pipeline(stored, verified(live), (error) => {
    if (error instanceof ContentMismatch) world.onDamage('mismatch', id, error);
  });
  if (live.length > maxCachedBodyBytes) return checked;
  try {
    const body = await buffer(checked);
    offer({ ...live, body });
    return body;
  } catch (error) {
    if (error instanceof ContentMismatch) throw contentLost(error);
    throw new DocumentError('storage-unavailable', 'Storage broke off. Try again later.', { cause: error });
  }
}

function chosen(document: Lookup['document'], preconditions: Preconditions): Selected {
  const live = liveDocument(document);
  if (live === undefined) throw new DocumentError('not-found', 'There is no such document.');
  switch (judge(preconditions, live)) {
    case 'holds':
      return { kind: 'selected', document: live };
    case 'if-none-match-fails':
      return { kind: 'not-modified', document: live };
    case 'if-match-fails':
      throw preconditionFailed();
  }
}

function lost(world: DocumentsWorld, kind: 'missing', id: DocumentId, cause: unknown): DocumentError {
  world.onDamage(kind, id, cause);
  return contentLost(cause);
}

function contentLost(cause: unknown): DocumentError {
  return new DocumentError('content-lost', 'The content of the document cannot be delivered.', { cause });
}

function mayHaveCommitted(error: unknown): boolean {
  return !(error instanceof DocumentError) || error.code === 'outcome-unknown' || error.code === 'write-unresolved';
}

function preconditionFailed(): DocumentError {
  return new DocumentError('precondition-failed', 'The document is not in the state that the request asks for.');
}
