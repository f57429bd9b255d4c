import type { DocumentId } from '../document-id.ts';
import type { CacheEntry, DocumentCache } from '../stores.ts';

/** A cache in the memory of this process, for tests: it stands for one Redis that several services share. */
export function createMemoryCache(nowMs: () => number): DocumentCache {
  const entries = new Map<DocumentId, { readonly entry: CacheEntry; readonly endsAtMs: number }>();
  let generation = 1;

  function current(id: DocumentId): CacheEntry | undefined {
    const found = entries.get(id);
    return found !== undefined && found.endsAtMs > nowMs() ? found.entry : undefined;
  }

  return {
    async read(id) {
      return { generation, entry: current(id) };
    },

    async store(id, entry, ttlMs) {
      const before = current(id);
      if (before !== undefined && before.document.version > entry.document.version) return false;
      entries.set(id, { entry, endsAtMs: nowMs() + ttlMs });
      return true;
    },

    async generation() {
      return generation;
    },

    async renew() {
      generation += 1;
      return generation;
    },
  };
}
