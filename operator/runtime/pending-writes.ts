import type { KubeObject } from './kube-object.ts';

/** A cache, as far as it tells how much of the API server's history it has seen. */
export interface Follower {
  hasSeen(resourceVersion: string): boolean;
}

/**
 * Remembers, per key, what this process has written and not yet seen come back by a watch. A pass that reads a cache
 * older than the own last write would undo or repeat it, so it is skipped; the event that it waits for brings the key back.
 */
export class PendingWrites {
  readonly #writes = new Map<string, Map<Follower, string>>();

  /** Notes a write: what it returned, and the cache that will show it. */
  note(key: string, cache: Follower, written: KubeObject): void {
    const caches = this.#writes.get(key) ?? new Map<Follower, string>();
    caches.set(cache, written.metadata.resourceVersion);
    this.#writes.set(key, caches);
  }

  /** Whether a cache is behind the last write that was made for this key. */
  isBehind(key: string): boolean {
    const caches = this.#writes.get(key);
    if (!caches) return false;
    for (const [cache, resourceVersion] of caches) if (cache.hasSeen(resourceVersion)) caches.delete(cache);
    if (caches.size === 0) this.#writes.delete(key);
    return caches.size > 0;
  }

  /** Forgets a key whose object is gone. */
  forget(key: string): void {
    this.#writes.delete(key);
  }
}
