import type { Change, Wish } from '../change.ts';
import { entityTag, liveDocument, type Row } from '../document.ts';
import type { DocumentId } from '../document-id.ts';
import { parseEntityTag, type EntityTag, type Preconditions } from '../preconditions.ts';
import type { MetadataStore } from '../stores.ts';
import { firstChange, putWish } from './builders.ts';

/** A store under test, in the words of its contract. Whatever is not as expected throws. */
export interface MetadataDriver {
  readonly store: MetadataStore;
  /** Commits a change and returns the row it replaced. */
  committed(change: Change): Promise<Row | undefined>;
  /** Sees a wish refused and returns the row that stood in the way. */
  refused(wish: Wish): Promise<Row | undefined>;
  /** Stores a text and returns the row. */
  put(id: DocumentId, text: string, preconditions?: Preconditions): Promise<Row>;
  existing(id: DocumentId): Promise<Row>;
}

/** Drives a store. */
export function createMetadataDriver(store: MetadataStore): MetadataDriver {
  async function committed(change: Change): Promise<Row | undefined> {
    const outcome = await store.commit(change);
    if (outcome.kind !== 'committed') throw new Error('not committed', { cause: outcome });
    return outcome.before;
  }

  async function refused(wish: Wish): Promise<Row | undefined> {
    const outcome = await store.commit(firstChange(wish));
    if (outcome.kind !== 'refused') throw new Error('not refused', { cause: outcome });
    return outcome.row;
  }

  async function put(id: DocumentId, text: string, preconditions: Preconditions = {}): Promise<Row> {
    await committed(firstChange(putWish(id, text, { preconditions })));
    return existing(id);
  }

  async function existing(id: DocumentId): Promise<Row> {
    const row = await store.read(id);
    if (row === undefined) throw new Error('there is no row');
    return row;
  }

  return { store, committed, refused, put, existing };
}

/** The entity tag of the document in a row. */
export function tagOf(row: Row): EntityTag {
  const live = liveDocument(row.document);
  const tag = live && parseEntityTag(entityTag(live));
  if (tag === undefined) throw new Error('the row has no live document');
  return tag;
}
