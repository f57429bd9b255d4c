import type { Content } from './document.ts';
import type { ContentStore } from './stores.ts';

/** The stores of a process, by the places that rows name. */
export type ContentPlaces = Readonly<Partial<Record<Content['placement']['where'], ContentStore>>>;

/**
 * One store out of several: new contents go to the first, and each content is opened where its row says it is. So an
 * instance that is given a bucket goes on serving what it stored before it had one.
 */
export function createPlacedContents(written: ContentStore, places: ContentPlaces): ContentStore {
  return { ...written, open: (content, signal) => (places[content.placement.where] ?? written).open(content, signal) };
}
