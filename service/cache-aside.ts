import { createBreaker, type Breaker, type BreakerState } from './breaker.ts';
import { createCacheTrust } from './cache-trust.ts';
import type { Document } from './document.ts';
import type { DocumentId } from './document-id.ts';
import type { CacheEntry, DocumentCache } from './stores.ts';

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
  /** `cause` is the failure that opened it. */
  readonly onBreaker: (state: BreakerState, cause: unknown) => void;
  readonly onTrust: (trusted: boolean) => void;
}

/** What the cache had, and a way to give it what was read from the store instead. */
export interface Lookup {
  readonly document: Document | undefined;
  /** Offers what a strong read that began after this lookup has found. Never fails, and nobody waits for it. */
  readonly offer: (document: Document) => void;
}

/** Tells the cache how a write went; undefined: nobody knows what is stored now. */
export type TellCache = (newest: Document | undefined) => Promise<void>;

/**
 * The cache as the use cases see it: nothing here ever fails, it only finds less. The place of the cache's protocol.
 *
 * Entries are put in under the generation of the cache that was seen before the store was read or written, and count
 * only while it is the current one. A process that could not tell the cache of a commit no longer trusts it, and begins
 * a new generation as soon as it can; until that has succeeded it goes round the cache. What this does not cover is
 * written down in README.md, "What the cache promises".
 */
export interface CacheAside {
  find(id: DocumentId): Promise<Lookup>;
  /** Announces a write, before its commit is sent. */
  writing(id: DocumentId): TellCache;
  /** Asks the cache whether it answers, whatever the breaker says, and begins a new generation where one is due. */
  probe(): Promise<void>;
}

/** Bodies above this many bytes are not cached. */
export const maxCachedBodyBytes = 64 * 1024;

/** Each entry lives a chance share of this more or less than the others, so that they do not all end at once. */
const jitterShare = 0.15;
const failuresToOpen = 5;
const retryAfterMs = 1000;

const nothing: Lookup = { document: undefined, offer: () => undefined };

/** Where no cache is configured. */
export const noCache: CacheAside = {
  find: async () => nothing,
  writing: () => async () => undefined,
  probe: async () => undefined,
};

/** Puts the rules above on a cache. */
export function createCacheAside(cache: DocumentCache, options: CacheAsideOptions): CacheAside {
  const calls = createCalls(options);
  const trust = createCacheTrust(options.onTrust);
  let generation: number | undefined;

  async function put(operation: 'fill' | 'publish', id: DocumentId, entry: CacheEntry): Promise<boolean> {
    const ttlMs = Math.round(options.ttlMs * (1 + jitterShare * (2 * options.random() - 1)));
    const store = (): Promise<boolean> => cache.store(id, entry, ttlMs);
    return (await calls.admitted(operation, store, (stored) => (stored ? 'ok' : 'refused'))) !== undefined;
  }

  async function find(id: DocumentId): Promise<Lookup> {
    if (!trust.trusted()) {
      options.onCall('read', 'skipped');
      return nothing;
    }
    // Trust may end while the cache is being asked.
    const isHit = ({ generation: current, entry }: Answer) => entry?.generation === current && trust.trusted();
    const read = (): Promise<Answer> => cache.read(id);
    const answer = await calls.admitted('read', read, (found) => (isHit(found) ? 'hit' : 'miss'));
    if (answer === undefined) return nothing;
    const under = answer.generation;
    generation = under;
    return {
      document: isHit(answer) ? answer.entry?.document : undefined,
      offer: (document) => void put('fill', id, { generation: under, document: withoutLargeBody(document) }),
    };
  }

  async function publish(id: DocumentId, newest: Document | undefined, under: number | undefined): Promise<boolean> {
    if (newest !== undefined && under !== undefined && trust.trusted()) {
      return put('publish', id, { generation: under, document: withoutLargeBody(newest) });
    }
    options.onCall('publish', 'skipped');
    return false;
  }

  async function renew(): Promise<number> {
    generation = await trust.renew(() => cache.renew());
    return generation;
  }

  function writing(id: DocumentId): TellCache {
    const under = generation;
    return async (newest) => {
      if (await publish(id, newest, under)) return;
      trust.missed();
      // Where the cache was only slow, this ends what others may find in it before the writer has its answer.
      await calls.admitted('renew', renew, () => 'ok');
    };
  }

  async function probe(): Promise<void> {
    if (trust.trusted()) generation = await calls.forced('probe', () => cache.generation());
    else await calls.forced('renew', renew);
  }

  return { find, writing, probe };
}

type Answer = Awaited<ReturnType<DocumentCache['read']>>;

interface Calls {
  /** Asks if the breaker lets it; undefined where it was not asked or failed. */
  admitted<T>(
    operation: CacheOperation,
    ask: () => Promise<T>,
    outcomeOf: (answer: T) => CacheOutcome,
  ): Promise<T | undefined>;
  /** Asks in any case, and rejects where it fails. */
  forced<T>(operation: CacheOperation, ask: () => Promise<T>): Promise<T>;
}

function createCalls({ nowMs, onCall, onBreaker }: CacheAsideOptions): Calls {
  let lastError: unknown;
  const onChange = (state: BreakerState): void => onBreaker(state, lastError);
  const breaker: Breaker = createBreaker({ failuresToOpen, retryAfterMs, nowMs, onChange });

  function failed(operation: CacheOperation, error: unknown): void {
    lastError = error;
    onCall(operation, 'failed');
    breaker.failed();
  }

  return {
    async admitted(operation, ask, outcomeOf) {
      if (!breaker.admits()) {
        onCall(operation, 'skipped');
        return undefined;
      }
      try {
        const answer = await ask();
        onCall(operation, outcomeOf(answer));
        breaker.succeeded();
        return answer;
      } catch (error) {
        failed(operation, error);
        return undefined;
      }
    },

    async forced(operation, ask) {
      try {
        const answer = await ask();
        onCall(operation, 'ok');
        breaker.succeeded();
        return answer;
      } catch (error) {
        failed(operation, error);
        throw error;
      }
    },
  };
}

function withoutLargeBody(document: Document): Document {
  if (document.state === 'deleted' || document.body === undefined) return document;
  if (document.body.byteLength <= maxCachedBodyBytes) return document;
  const { body: _large, ...rest } = document;
  return rest;
}
