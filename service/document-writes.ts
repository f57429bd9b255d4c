import { newContentId } from './attempts.ts';
import { measuredBlocks, tooLarge, type MeasuredBlocks } from './blocks.ts';
import type { Wish } from './change.ts';
import { commit, type Committed } from './commit.ts';
import { liveDocument, type Placement } from './document.ts';
import type { DocumentId } from './document-id.ts';
import type { Documents, DocumentsWorld, PutRequest } from './documents.ts';
import { DocumentError, preconditionFailed, storageUnavailable } from './errors.ts';
import { isConditional, judge, type Preconditions } from './preconditions.ts';

/** Longest time spent on one commit, with all that is repeated. */
const commitBudgetMs = 10_000;

/**
 * Writing. The order is what makes an acknowledged document durable: the content to a place that was never used before,
 * then one conditional commit of the row, then the cache, then the answer. A crash between any two of them leaves at most
 * a content that no row names.
 */
export function documentWrites(world: DocumentsWorld): Pick<Documents, 'put' | 'remove'> {
  return {
    async put(request) {
      const { id, preconditions, contentType } = request;
      if ((request.declaredBytes ?? 0) > world.maxDocumentBytes) throw tooLarge(world.maxDocumentBytes);
      const knownVersion = await refuseEarly(world, id, preconditions);
      const contentId = newContentId(world.nowMs());
      const received = await receive(world, request, contentId);
      const wish: Wish = { kind: 'put', id, contentId, preconditions, contentType, ...received };
      return { ...(await write(world, wish, knownVersion, request.deadlineMs)), sha256: received.sha256 };
    },

    async remove(id, preconditions, deadlineMs) {
      const wish: Wish = { kind: 'remove', id, contentId: newContentId(world.nowMs()), preconditions };
      await write(world, wish, undefined, deadlineMs);
    },
  };
}

/** Spares the client an upload that would be refused. Only a hint: the commit decides. Returns the version seen. */
async function refuseEarly(
  { metadata }: DocumentsWorld,
  id: DocumentId,
  preconditions: Preconditions,
): Promise<number | undefined> {
  if (!isConditional(preconditions)) return undefined;
  const row = await metadata.read(id);
  if (judge(preconditions, liveDocument(row?.document)) !== 'holds') throw preconditionFailed();
  return row?.document.version;
}

async function write(
  world: DocumentsWorld,
  wish: Wish,
  knownVersion: number | undefined,
  requestDeadlineMs: number,
): Promise<Committed> {
  const tellCache = world.cache.writing(wish.id);
  const deadlineMs = Math.min(requestDeadlineMs, world.nowMs() + commitBudgetMs);
  try {
    const committed = await commit(world, wish, { knownVersion, deadlineMs });
    await tellCache(committed.newest);
    return committed;
  } catch (error) {
    if (mayHaveCommitted(error)) await tellCache(undefined);
    throw error;
  }
}

function mayHaveCommitted(error: unknown): boolean {
  return !(error instanceof DocumentError) || error.code === 'outcome-unknown' || error.code === 'write-unresolved';
}

interface Received {
  readonly placement: Placement;
  readonly inline?: Uint8Array;
  readonly length: number;
  readonly sha256: string;
}

/** Reads the body and puts it into its place: the row, if it is small enough, or the content store. */
async function receive(world: DocumentsWorld, request: PutRequest, contentId: string): Promise<Received> {
  const { maxDocumentBytes: maxBytes, inlineMaxBytes, contents } = world;
  const { declaredBytes } = request;
  const blocks = measuredBlocks(request.body, { maxBytes, blockBytes: contents.blockBytes, declaredBytes });
  const next = await blocks.next();
  const first = next.done === true ? Buffer.alloc(0) : next.value;
  // A whole block may be followed by another.
  if (first.length <= inlineMaxBytes && first.length < contents.blockBytes) {
    return { placement: { where: 'inline' }, inline: first, length: first.length, sha256: blocks.sha256() };
  }
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), request.deadlineMs - world.nowMs());
  try {
    const placement = await contents.write(contentId, request.id, resumed(first, blocks), deadline.signal);
    // The timer may be a millisecond ahead of the clock that the commit asks.
    if (deadline.signal.aborted) throw storageUnavailable(new Error('the time of the request was over while storing'));
    return { placement, length: blocks.length(), sha256: blocks.sha256() };
  } finally {
    clearTimeout(timer);
  }
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
