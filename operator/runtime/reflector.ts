import type { ApiClient } from './api-client.ts';
import { ApiError } from './api-error.ts';
import { backoffDelayMs, reflectorBackoff } from './backoff.ts';
import { delay, type Clock } from './clock.ts';
import { collectionPath, keyOf, type KubeObject, type ResourceType } from './kube-object.ts';
import type { Log } from './log.ts';
import type { ObjectCache } from './object-cache.ts';
import { watchOnce } from './watch.ts';

/** A change of the cache. */
export interface CacheChange<T extends KubeObject> {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly object: T;
  /** The state before, if the object was in the cache. */
  readonly previous: T | undefined;
  /** Whether a list brought it, not a watch: many come at once and most of them are old. */
  readonly listed: boolean;
}

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: ApiClient;
  readonly type: ResourceType;
  /** Of all namespaces where none is given. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** Takes from an object what is not worth keeping, before it is stored. */
  readonly project: (object: T) => T;
  readonly cache: ObjectCache<T>;
  /** Called after the cache has changed. It must not throw. */
  readonly onChange: (change: CacheChange<T>) => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

interface ListPage<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
}

const PAGE_SIZE = 500;
/** A watch that lasted this long is healthy: the next failure starts with a short delay again. */
const HEALTHY_MS = 60_000;
/** A watch that the server ended sooner and without a word is treated as a failure, lest it be reopened in a tight loop. */
const SHORT_MS = 1000;

/**
 * Keeps a cache equal to a collection of the API server: lists it, watches it, and starts over when it has to. It goes
 * on through resets, 5xx, silence and expired history until its signal aborts; then it never says anything again.
 * Lists are never made with resourceVersion=0: they would be answered from the API server's own cache, which may be
 * older than what an earlier life of this process has seen.
 */
export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #path: string;
  #resourceVersion: string | undefined;
  #failures = 0;
  #synced = false;
  #lastSignOfLifeMs: number;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#path = collectionPath(options.type, options.namespace);
    this.#lastSignOfLifeMs = options.clock.nowMs();
  }

  /** Whether the cache has been filled once. */
  get synced(): boolean {
    return this.#synced;
  }

  get plural(): string {
    return this.#options.type.plural;
  }

  /** Milliseconds since the server last sent anything or was last asked. It grows without bound only if the loop hangs. */
  get ageMs(): number {
    return this.#options.clock.nowMs() - this.#lastSignOfLifeMs;
  }

  /** Runs until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#resourceVersion === undefined) await this.#list(signal);
        await this.#watch(signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#recover(error, signal);
      }
    }
  }

  #touch = (): void => {
    this.#lastSignOfLifeMs = this.#options.clock.nowMs();
  };

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, log, random } = this.#options;
    this.#touch();
    if (error instanceof ApiError && error.kind === 'gone') {
      log.info({ resource: this.plural }, 'the watch fell out of the history that the API server keeps: listing again');
      this.#resourceVersion = undefined;
      if (this.#failures === 0) {
        this.#failures = 1;
        return;
      }
    }
    const isTransport =
      error instanceof ApiError && ['network', 'timeout', 'throttled', 'serverError'].includes(error.kind);
    // Whatever else the server says (unknown resource version, forbidden for a while), a list finds out where we stand.
    if (!isTransport) this.#resourceVersion = undefined;
    const retryAfterMs = error instanceof ApiError ? error.retryAfterMs : 0;
    const delayMs = Math.max(backoffDelayMs(reflectorBackoff, this.#failures, random()), retryAfterMs);
    this.#failures += 1;
    log.warn({ resource: this.plural, err: error, retryInMs: Math.round(delayMs) }, 'list or watch failed');
    await delay(clock, delayMs, signal);
    this.#touch();
  }

  async #list(signal: AbortSignal): Promise<void> {
    const seen = new Map<string, T>();
    let page: ListPage<T> | undefined;
    do {
      page = await this.#options.client.request<ListPage<T>>({
        method: 'GET',
        path: this.#path,
        query: {
          limit: PAGE_SIZE,
          labelSelector: this.#options.labelSelector,
          continue: page?.metadata.continue,
        },
        signal,
      });
      this.#touch();
      for (const item of page.items) seen.set(keyOf(item), this.#options.project(item));
    } while (page.metadata.continue);
    if (signal.aborted) return;
    this.#replace(seen, page.metadata.resourceVersion);
    this.#synced = true;
  }

  /** Makes the cache equal to a list, and tells what changed, the deletions that no watch has seen too. */
  #replace(seen: ReadonlyMap<string, T>, resourceVersion: string): void {
    const { cache, onChange } = this.#options;
    const gone = cache.keys().filter((key) => !seen.has(key));
    this.#advance(resourceVersion);
    for (const key of gone) this.#remove(key, true);
    for (const [key, object] of seen) {
      const previous = cache.get(key);
      cache.put(object);
      if (previous?.metadata.resourceVersion === object.metadata.resourceVersion) continue;
      onChange({ type: previous ? 'modified' : 'added', object, previous, listed: true });
    }
  }

  #remove(key: string, listed: boolean): void {
    const object = this.#options.cache.get(key);
    if (!object) return;
    this.#options.cache.remove(key);
    this.#options.onChange({ type: 'deleted', object, previous: object, listed });
  }

  #advance(resourceVersion: string): void {
    this.#resourceVersion = resourceVersion;
    this.#options.cache.advanceTo(resourceVersion);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { client, clock, labelSelector, random } = this.#options;
    const startedMs = clock.nowMs();
    let heard = 0;
    try {
      const events = watchOnce<T>({
        client,
        path: this.#path,
        labelSelector,
        resourceVersion: this.#resourceVersion ?? '',
        clock,
        random,
        signal,
        onSignOfLife: this.#touch,
      });
      for await (const event of events) {
        heard += 1;
        this.#apply(event.type, event.object);
      }
    } finally {
      if (clock.nowMs() - startedMs >= HEALTHY_MS) this.#failures = 0;
    }
    if (heard === 0 && clock.nowMs() - startedMs < SHORT_MS) throw new ApiError('network', 'the watch ended at once');
  }

  #apply(type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK', raw: T): void {
    const { cache, onChange, project } = this.#options;
    this.#advance(raw.metadata.resourceVersion);
    if (type === 'BOOKMARK') return;
    const key = keyOf(raw);
    if (type === 'DELETED') return this.#remove(key, false);
    const object = project(raw);
    const previous = cache.get(key);
    cache.put(object);
    onChange({ type: previous ? 'modified' : 'added', object, previous, listed: false });
  }
}
