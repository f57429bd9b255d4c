import type { Readable } from 'node:stream';
import type { Attempt } from './attempts.ts';
import type { Change } from './change.ts';
import type { Content, Document, Placement, Row } from './document.ts';
import type { DocumentId } from './document-id.ts';

/** What one sending of a commit led to. */
export type CommitOutcome =
  /** It took effect; `before` is the row it replaced. */
  | { readonly kind: 'committed'; readonly before: Row | undefined }
  /** It did not and will not; `row` is what stood in the way, undefined where there is no row. */
  | { readonly kind: 'refused'; readonly row: Row | undefined }
  /** It did not and will not: it never reached the engine, or the engine was too busy to look at it. */
  | { readonly kind: 'not-taken'; readonly cause: unknown }
  /** It may have, or may yet, take effect: timeout, broken connection, 5xx. */
  | { readonly kind: 'unknown'; readonly cause: unknown };

/** What burning an attempt found out. `row` is the row as it is then. */
export type BurnOutcome =
  /** The attempt will never be committed from now on. Whether it was before: attempts.ts, provesUncommitted. */
  | { readonly kind: 'burned'; readonly row: Row }
  /** The attempt was committed. */
  | { readonly kind: 'committed'; readonly row: Row }
  /** The row can burn no more attempts for now; nothing is known. */
  | { readonly kind: 'full' };

/** How many ids one row can keep burned. */
export const maxBurned = 16;

/**
 * Port to the rows of documents. All operations are linearizable per document.
 * Everything rejects with DocumentError `storage-unavailable` where the engine does not answer, but for `commit`, which
 * turns that into an outcome.
 */
export interface MetadataStore {
  /** The row as of now, tombstones included. */
  read(id: DocumentId): Promise<Row | undefined>;
  /** Decides `permits` and applies `changedRow` (change.ts) atomically. Sent exactly once, never retried. */
  commit(change: Change): Promise<CommitOutcome>;
  /** Rules out that the attempt is committed from now on, unless it has been. Makes a tombstone where there is no row. */
  burn(id: DocumentId, attempt: Attempt): Promise<BurnOutcome>;
  /** Resolves if the engine answers within a second. */
  probe(): Promise<void>;
}

/** Port to the bytes of contents that do not live in the row. Contents are written once and never changed. */
export interface ContentStore {
  /** Size of the blocks that `write` wants, in bytes: the unit of retry. */
  readonly blockBytes: number;
  /**
   * Stores a content. Nothing of it is visible to anyone before a row names it; when it rejects, what was begun has been
   * taken back as far as the engine answers.
   *
   * @param blocks all of `blockBytes`, but for the last, which may be shorter. A block stays as it is until the second
   *   next one is asked for, so one may be under way while the next is filled.
   * @param signal ends the calls of the engine, and so the writing; it does not end the waiting for a block.
   * @throws what `blocks` throws; DocumentError `storage-unavailable`.
   */
  write(
    contentId: string,
    documentId: DocumentId,
    blocks: AsyncIterator<Buffer, void>,
    signal: AbortSignal,
  ): Promise<Placement>;
  /**
   * Opens a content; the stream fails when the signal aborts or the engine breaks off.
   *
   * @throws MissingContent where it is not there; DocumentError `storage-unavailable`, also for content in a place that
   *   this process has no store for.
   */
  open(content: Content, signal: AbortSignal): Promise<Readable>;
  /** Resolves if the engine answers within a second. */
  probe(): Promise<void>;
}

/** A cached document and the generation of the cache in which it was put there. */
export interface CacheEntry {
  readonly generation: number;
  readonly document: Document;
}

/**
 * Port to the shared cache. Everything may reject at any time, and late commands may still take effect: cache-aside.ts
 * turns failures into misses and keeps the rules that make entries trustworthy.
 */
export interface DocumentCache {
  /** The entry and the cache's generation, both as of one moment. */
  read(id: DocumentId): Promise<{ readonly generation: number; readonly entry: CacheEntry | undefined }>;
  /** Stores an entry unless there is one of a higher version; tells whether it did. */
  store(id: DocumentId, entry: CacheEntry, ttlMs: number): Promise<boolean>;
  /** The current generation. Begins one, never used before, where there is none. */
  generation(): Promise<number>;
  /** Begins a new generation, never used before, and returns it: entries of older ones count no more. */
  renew(): Promise<number>;
}
