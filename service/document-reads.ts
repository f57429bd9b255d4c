import { addAbortSignal, pipeline, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { maxCachedBodyBytes, type Lookup } from './cache-aside.ts';
import { liveDocument, type LiveDocument } from './document.ts';
import type { DocumentId } from './document-id.ts';
import type { Documents, DocumentsWorld, Selected } from './documents.ts';
import { DocumentError, MissingContent, notFound, preconditionFailed, storageUnavailable } from './errors.ts';
import { judge, type Preconditions } from './preconditions.ts';
import { ContentMismatch, verified } from './verified.ts';

/** How often the row is read again when the content it names is not there: it may just have been replaced. */
const maxRereads = 2;

/** Reading: the cache first, then the row by a strong read, then the content, and only if the conditions ask for it. */
export function documentReads(world: DocumentsWorld): Pick<Documents, 'select' | 'open'> {
  const { metadata, cache } = world;

  async function lookUp(id: DocumentId): Promise<Lookup> {
    const lookup = await cache.find(id);
    if (lookup.document !== undefined) return lookup;
    const document = (await metadata.read(id))?.document;
    if (document !== undefined) lookup.offer(document);
    return { document, offer: lookup.offer };
  }

  return {
    async select(id, preconditions) {
      return chosen((await lookUp(id)).document, preconditions);
    },

    async open(id, preconditions, reading) {
      const lookup = await lookUp(id);
      let { document } = lookup;
      for (let rereads = 0; ; rereads += 1) {
        const { kind, document: live } = chosen(document, preconditions);
        if (kind === 'not-modified') return { kind, document: live };
        try {
          return { kind: 'opened', document: live, body: await bytesOf(world, id, live, lookup.offer, reading) };
        } catch (error) {
          if (!(error instanceof MissingContent)) throw error;
          if (rereads === maxRereads) {
            world.onDamage('missing', id, error);
            throw contentLost(error);
          }
        }
        document = (await metadata.read(id))?.document;
      }
    },
  };
}

/** Decides 404, 304 and 412 before the content is touched. */
function chosen(document: Lookup['document'], preconditions: Preconditions): Selected {
  const live = liveDocument(document);
  if (live === undefined) throw notFound();
  const verdict = judge(preconditions, live);
  if (verdict === 'if-match-fails') throw preconditionFailed();
  return { kind: verdict === 'holds' ? 'selected' : 'not-modified', document: live };
}

async function bytesOf(
  world: DocumentsWorld,
  id: DocumentId,
  live: LiveDocument,
  offer: Lookup['offer'],
  reading: () => AbortSignal,
): Promise<Uint8Array | Readable> {
  if (live.body !== undefined) return live.body;
  const signal = reading();
  const stored = await world.contents.open(live.content, signal);
  const checked = verified(live, (error) => failureOf(world, id, error));
  // Whoever reads it hears of every failure; nobody else has to.
  pipeline(stored, addAbortSignal(signal, checked), () => undefined);
  if (live.length > maxCachedBodyBytes) return checked;
  const body = await buffer(checked);
  offer({ ...live, body });
  return body;
}

/** What the end of a stream of stored bytes means; damage is told. */
function failureOf({ onDamage }: DocumentsWorld, id: DocumentId, error: Error): DocumentError {
  const missing = error instanceof MissingContent;
  if (!missing && !(error instanceof ContentMismatch)) return storageUnavailable(error);
  onDamage(missing ? 'missing' : 'mismatch', id, error);
  return contentLost(error);
}

function contentLost(cause: unknown): DocumentError {
  return new DocumentError('content-lost', 'The content of the document cannot be delivered.', { cause });
}
