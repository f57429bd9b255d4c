import { createBreaker, type BreakerState } from './breaker.ts';
import type { Document } from './document.ts';
import type { DocumentId } from './document-id.ts';
import type { DocumentCache } from './stores.ts';

export type CacheOperation = 'read' | 'fill' | 'publish' | 'probe' | 'renew';
/** `skipped`: not asked, since the breaker was open or the cache not trusted. `refused`: something newer was there. */
export type CacheOutcome = 'hit' | 'miss' | 'ok' | 'refused' | 'failed' | 'skipped';

export interface CacheAsideOptions {
  readonly ttlMs: number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** Chance in [0, 1). */
  readonly random: () => number;
  readonly onCall: (operation: CacheOperation, outcome: CacheOutcome) => void;
  readonly onBreaker: (state: BreakerState, cause: unknown) => void;
  readonly onTrust: (trusted: boolean) => void;
}

/** What the cache had, and a way to give it what was read from the store instead. */
export interface Lookup {
  readonly document: Document | undefined;
  /** Offers what a strong read that began after this lookup has found. Never fails, and nobody waits for it. */
  offer(document: Document): void;
}

/**
 * The cache as documents.ts sees it: nothing here ever fails, it only finds less. The place of the cache's protocol.
 *
 * Entries are put in under the generation of the cache that was seen before the store was read or written, and count
 * only while it is the current one. A process that could not tell the cache of a commit no longer trusts it, and begins
 * a new generation as soon as it can; until that has succeeded it goes round the cache. What this does not cover is
 * written down in README.md, "What the cache promises".
 */
export interface CacheAside {
  find(id: DocumentId): Promise<Lookup>;
  /** Announces a write, before its commit. Returns how to tell the outcome; undefined: nobody knows what is stored. */
  writing(id: DocumentId): (newest: Document | undefined) => Promise<void>;
  /** Asks the cache whether it answers, whatever the breaker says, and begins a new generation where one is due. */
  probe(): Promise<void>;
}

/** Bodies above this many bytes are not cached. */
export const maxCachedBodyBytes = 64 * 1024;

/** Each entry lives a chance share of this more or less than the others, so that they do not all end at once. */
const jitterShare = 0.15;
const failuresToOpen = 5;
const retryAfterMs = 1000;

/** Where no cache is configured. */
export const noCache: CacheAside = {
  find: async () => ({ document: undefined, offer: () => undefined }),
  writing: () => async () => undefined,
  probe: async () => undefined,
};

/** Puts the rules above on a cache. */
export function createCacheAside(cache: DocumentCache, options: CacheAsideOptions): CacheAside {
  const { onCall } = options;
  let lastError: unknown;
  let generation: number | undefined;
  // Commits the cache was not told of, and how many of them the last new generation has made up for.
  let missed = 0;
  let madeUpFor = 0;
  const breaker = createBreaker({
    failuresToOpen,
    retryAfterMs,
    nowMs: options.nowMs,
    onChange: (state) => options.onBreaker(state, lastError),
  });
  const trusted = (): boolean => missed === madeUpFor;

  async function call<T>(operation: CacheOperation, ask: () => Promise<T>): Promise<T | undefined> {
    if (!breaker.admits()) {
      onCall(operation, 'skipped');
      return undefined;
    }
    try {
      const answer = await ask();
      breaker.succeeded();
      return answer;
    } catch (error) {
      lastError = error;
      breaker.failed();
      onCall(operation, 'failed');
      return undefined;
    }
  }

  async function put(operation: 'fill' | 'publish', id: DocumentId, document: Document, under: number) {
    const entry = { generation: under, document: withoutLargeBody(document) };
    const ttlMs = Math.round(options.ttlMs * (1 + jitterShare * (2 * options.random() - 1)));
    const stored = await call(operation, () => cache.store(id, entry, ttlMs));
    if (stored !== undefined) onCall(operation, stored ? 'ok' : 'refused');
    return stored !== undefined;
  }

  function distrust(): void {
    const before = trusted();
    missed += 1;
    if (before) options.onTrust(false);
  }

  async function renew(): Promise<void> {
    const upTo = missed;
    generation = await cache.renew();
    onCall('renew', 'ok');
    const before = trusted();
    madeUpFor = upTo;
    if (!before && trusted()) options.onTrust(true);
  }

  async function find(id: DocumentId): Promise<Lookup> {
    if (!trusted()) {
      onCall('read', 'skipped');
      return { document: undefined, offer: () => undefined };
    }
    const answer = await call('read', () => cache.read(id));
    if (answer === undefined) return { document: undefined, offer: () => undefined };
    generation = answer.generation;
    const hit = answer.entry?.generation === answer.generation && trusted();
    onCall('read', hit ? 'hit' : 'miss');
    return {
      document: hit ? answer.entry?.document : undefined,
      offer: (document) => void put('fill', id, document, answer.generation),
    };
  }

  function writing(id: DocumentId): (newest: Document | undefined) => Promise<void> {
    const before = generation;
    return async (newest) => {
      const told = newest !== undefined && before !== undefined && trusted();
      if (!told) onCall('publish', 'skipped');
      if (!told || !(await put('publish', id, newest, before))) distrust();
    };
  }

  async function probe(): Promise<void> {
    try {
      if (trusted()) generation = await cache.generation();
      else await renew();
      onCall('probe', 'ok');
      breaker.succeeded();
    } catch (error) {
      lastError = error;
      onCall('probe', 'failed');
      breaker.failed();
      throw error;
    }
  }

  return { find, writing, probe };
}

function withoutLargeBody(document: Document): Document {
  if (document.state === 'deleted' || document.body === undefined) return document;
  if (document.body.byteLength <= maxCachedBodyBytes) return document;
  const { body: _large, ...rest } = document;
  return rest;
}
