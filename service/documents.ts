import type { Readable } from 'node:stream';
import type { CacheAside } from './cache-aside.ts';
import type { Committed, CommitWorld } from './commit.ts';
import { documentReads } from './document-reads.ts';
import { documentWrites } from './document-writes.ts';
import type { LiveDocument } from './document.ts';
import type { DocumentId } from './document-id.ts';
import type { Preconditions } from './preconditions.ts';
import type { ContentStore, MetadataStore } from './stores.ts';

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
  /** Content-Length, where the client sent one. */
  readonly declaredBytes: number | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** Unix milliseconds after which nothing more is begun. */
  readonly deadlineMs: number;
}

/** A document that was asked for, or that the asker has already (304). */
export interface Selected {
  readonly kind: 'selected' | 'not-modified';
  readonly document: LiveDocument;
}

/** A selected document with its bytes: verified while they are read, small ones whole. */
export type Opened =
  | { readonly kind: 'opened'; readonly document: LiveDocument; readonly body: Uint8Array | Readable }
  | { readonly kind: 'not-modified'; readonly document: LiveDocument };

/** A stored document as its writer hears of it. */
export interface Stored extends Committed {
  readonly sha256: string;
}

/** The use cases. Everything rejects with DocumentError. */
export interface Documents {
  put(request: PutRequest): Promise<Stored>;
  /** @param deadlineMs Unix milliseconds after which nothing more is begun. */
  remove(id: DocumentId, preconditions: Preconditions, deadlineMs: number): Promise<void>;
  /** The document without its bytes. */
  select(id: DocumentId, preconditions: Preconditions): Promise<Selected>;
  /** @param reading is called when bytes have to be read from the content store; its signal ends that. */
  open(id: DocumentId, preconditions: Preconditions, reading: () => AbortSignal): Promise<Opened>;
}

/** Creates the use cases. */
export function createDocuments(world: DocumentsWorld): Documents {
  return { ...documentReads(world), ...documentWrites(world) };
}
