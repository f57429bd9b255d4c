import { expiredBurns, versionOfAttempt } from '../attempts.ts';
import { changedRow, permits, tombstoneExpiry } from '../change.ts';
import type { Row } from '../document.ts';
import type { DocumentId } from '../document-id.ts';
import { maxBurned, type MetadataStore } from '../stores.ts';

/** Rows in the memory of this process, for `npm run service` and for tests. Nothing is kept. */
export function createMemoryMetadata(nowMs: () => number): MetadataStore {
  const rows = new Map<DocumentId, Row>();

  return {
    async read(id) {
      return rows.get(id);
    },

    async commit(change) {
      const before = rows.get(change.wish.id);
      if (!permits(before, change)) return { kind: 'refused', row: before };
      rows.set(change.wish.id, changedRow(before, change));
      return { kind: 'committed', before };
    },

    async burn(id, attempt) {
      const before = rows.get(id) ?? emptyTombstone(id, attempt.sentAtMs);
      if (versionOfAttempt(before, attempt.id) !== undefined) return { kind: 'committed', row: before };
      const full = before.burned.length >= maxBurned && !before.burned.includes(attempt.id);
      const expired = full ? expiredBurns(before.burned, nowMs()) : [];
      if (full && expired.length === 0) return { kind: 'full' };
      const kept = before.burned.filter((burned) => burned !== attempt.id && !expired.includes(burned));
      const row = { ...before, burned: [...kept, attempt.id] };
      rows.set(id, row);
      return { kind: 'burned', row };
    },

    async probe() {
      return undefined;
    },
  };
}

/** What a row is that exists only to keep a burned attempt. */
function emptyTombstone(id: DocumentId, nowMs: number): Row {
  const content = { id: '', atMs: nowMs, placement: { where: 'none' } } as const;
  return {
    id,
    document: { state: 'deleted', version: nowMs, content, modifiedMs: nowMs },
    recent: [],
    burned: [],
    dead: [],
    expiresAtSeconds: tombstoneExpiry(nowMs),
  };
}
