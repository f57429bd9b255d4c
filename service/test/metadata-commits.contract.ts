import { beforeAll, describe, expect, test } from 'vitest';
import { nextChange } from '../change.ts';
import { liveDocument, registerLength } from '../document.ts';
import { checkDocumentId } from '../document-id.ts';
import type { MetadataStore } from '../stores.ts';
import { firstChange, putWish, removeWish, someId } from './builders.ts';
import { createMetadataDriver, type MetadataDriver } from './metadata-driver.ts';

/** What every MetadataStore promises of commits without preconditions. */
export function metadataCommitsContract(createStore: () => Promise<MetadataStore>): void {
  let driver: MetadataDriver;
  beforeAll(async () => {
    driver = createMetadataDriver(await createStore());
  });

  describe('commits', () => {
    test('what was never written is not there', async () => {
      expect(await driver.store.read(someId())).toBeUndefined();
    });

    test('a document is read as it was committed', async () => {
      const id = someId();
      const change = firstChange(putWish(id, 'one'));
      expect(await driver.committed(change)).toBeUndefined();
      const { document, ...row } = await driver.existing(id);
      const { contentId } = change.wish;
      expect(document).toEqual({
        state: 'live',
        version: change.attempt.sentAtMs + 1,
        content: { id: contentId, atMs: change.attempt.sentAtMs, placement: { where: 'inline' } },
        length: 3,
        sha256: expect.stringMatching(/^7692c3ad/),
        contentType: 'text/plain',
        createdMs: change.attempt.sentAtMs,
        modifiedMs: change.attempt.sentAtMs,
        body: expect.anything(),
      });
      expect(Buffer.from(liveDocument(document)?.body ?? []).toString()).toBe('one');
      expect(row).toEqual({ id, recent: [change.attempt.id], burned: [], dead: [] });
    });

    test.each([
      { where: 's3', key: 'documents/00/2026-01-01/c-d' },
      { where: 'chunks', chunks: 47 },
    ] as const)('content elsewhere is named and not in the row: $where', async (placement) => {
      const id = someId();
      const { inline: _none, ...wish } = putWish(id, 'large', { placement });
      await driver.committed(firstChange(wish));
      const { document } = await driver.existing(id);
      expect(document.content.placement).toEqual(placement);
      expect(document).not.toHaveProperty('body');
    });

    test('an empty document has a body of no bytes', async () => {
      const id = someId();
      const { document } = await driver.put(id, '');
      expect(liveDocument(document)).toMatchObject({ length: 0, body: expect.objectContaining({ length: 0 }) });
    });

    test('a long id of any characters is kept as it is', async () => {
      const id = checkDocumentId('%2F/#é? '.repeat(64).slice(0, 511 - 64));
      expect((await driver.put(id, 'x')).id).toBe(id);
    });

    test('every commit counts the version up by one and gives the row it replaced', async () => {
      const id = someId();
      const first = await driver.put(id, 'one');
      const change = firstChange(putWish(id, 'two'));
      expect(await driver.committed(change)).toMatchObject({ document: { version: first.document.version } });
      const second = await driver.existing(id);
      expect(second.document.version).toBe(first.document.version + 1);
      expect(second.recent).toEqual([change.attempt.id, ...first.recent]);
      expect(second.dead).toEqual([first.document.content]);
    });

    test('content that replaces content in the row leaves none of it there', async () => {
      const id = someId();
      await driver.put(id, 'inline');
      const { inline: _none, ...wish } = putWish(id, 'far', { placement: { where: 'chunks', chunks: 1 } });
      await driver.committed(firstChange(wish));
      expect((await driver.existing(id)).document).not.toHaveProperty('body');
    });

    test('a replaced document keeps its time of creation', async () => {
      const id = someId();
      const { document } = await driver.put(id, 'one');
      await driver.committed(nextChange(putWish(id, 'two'), 1, Date.now() + 5000));
      expect((await driver.existing(id)).document).toMatchObject({ createdMs: liveDocument(document)?.createdMs });
    });

    test('registers keep the last eight attempts and the last eight contents', async () => {
      const id = someId();
      const changes = Array.from({ length: 12 }, (_, index) => firstChange(putWish(id, `text ${index}`)));
      for (const change of changes) await driver.committed(change);
      const row = await driver.existing(id);
      const newestFirst = changes.toReversed();
      expect(row.recent).toEqual(newestFirst.slice(0, registerLength).map(({ attempt }) => attempt.id));
      expect(row.dead.map((content) => content.id)).toEqual(
        newestFirst.slice(1, registerLength + 1).map(({ wish }) => wish.contentId),
      );
    });
  });

  describe('removal', () => {
    test('leaves a tombstone with the next version that outlives every attempt', async () => {
      const id = someId();
      const { document } = await driver.put(id, 'one');
      const change = firstChange(removeWish(id));
      await driver.committed(change);
      const row = await driver.existing(id);
      expect(row.document).toEqual({
        state: 'deleted',
        version: document.version + 1,
        content: { id: change.wish.contentId, atMs: change.attempt.sentAtMs, placement: { where: 'none' } },
        modifiedMs: change.attempt.sentAtMs,
      });
      expect(row.dead).toEqual([document.content]);
      expect(row.expiresAtSeconds).toBeGreaterThanOrEqual(change.attempt.sentAtMs / 1000 + 24 * 60 * 60);
    });

    test('of nothing is refused and leaves nothing', async () => {
      const id = someId();
      expect(await driver.refused(removeWish(id))).toBeUndefined();
      expect(await driver.store.read(id)).toBeUndefined();
    });

    test('of what was removed is refused', async () => {
      const id = someId();
      await driver.put(id, 'one');
      await driver.committed(firstChange(removeWish(id)));
      expect(await driver.refused(removeWish(id))).toMatchObject({ document: { state: 'deleted' } });
    });

    test('does not let versions start over, and a new document is created anew', async () => {
      const id = someId();
      const first = await driver.put(id, 'one');
      await driver.committed(firstChange(removeWish(id)));
      const later = nextChange(putWish(id, 'two'), 1, Date.now() + 5000);
      expect(await driver.committed(later)).toMatchObject({ document: { state: 'deleted' } });
      const row = await driver.existing(id);
      expect(row.document).toMatchObject({ version: first.document.version + 2, createdMs: later.attempt.sentAtMs });
      expect(row).not.toHaveProperty('expiresAtSeconds');
    });
  });

  test('the probe resolves', async () => {
    await expect(driver.store.probe()).resolves.toBeUndefined();
  });
}
