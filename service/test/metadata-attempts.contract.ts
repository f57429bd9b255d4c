import { beforeAll, describe, expect, test } from 'vitest';
import { newAttempt, newContentId } from '../attempts.ts';
import { nextChange } from '../change.ts';
import { maxBurned, type MetadataStore } from '../stores.ts';
import { firstChange, putWish, removeWish, someId } from './builders.ts';
import { createMetadataDriver, type MetadataDriver } from './metadata-driver.ts';

/** What every MetadataStore promises of attempts: none is committed twice, and none after it was burned. */
export function metadataAttemptsContract(createStore: () => Promise<MetadataStore>): void {
  let driver: MetadataDriver;
  beforeAll(async () => {
    driver = createMetadataDriver(await createStore());
  });

  describe('attempts', () => {
    test('none is committed twice, also after others followed it', async () => {
      const id = someId();
      const change = firstChange(putWish(id, 'mine'));
      await driver.committed(change);
      expect(await driver.store.commit(change)).toMatchObject({ kind: 'refused' });
      await driver.put(id, 'another');
      expect(await driver.store.commit(change)).toMatchObject({ kind: 'refused' });
      expect((await driver.existing(id)).document).toMatchObject({ length: 'another'.length });
    });

    test.each(['live', 'deleted', 'absent'] as const)('a burned one is never committed: row %s', async (before) => {
      const id = someId();
      if (before !== 'absent') await driver.put(id, 'one');
      if (before === 'deleted') await driver.committed(firstChange(removeWish(id)));
      const change = firstChange(putWish(id, 'late'));
      const outcome = await driver.store.burn(id, change.attempt);
      expect(outcome).toMatchObject({ kind: 'burned', row: { burned: [change.attempt.id] } });
      expect(await driver.store.commit(change)).toMatchObject({ kind: 'refused' });
      await driver.committed(nextChange(change.wish, 2, Date.now()));
      expect((await driver.existing(id)).burned).toEqual([change.attempt.id]);
    });

    test('burning does not count the version up and does not end the life of a document', async () => {
      const id = someId();
      const row = await driver.put(id, 'one');
      await driver.store.burn(id, newAttempt(newContentId(Date.now()), 1, Date.now()));
      const { burned, ...after } = await driver.existing(id);
      expect(burned).toHaveLength(1);
      expect({ ...after, burned: [] }).toEqual(row);
    });

    test('burning where there is no row makes a tombstone, from which versions go on', async () => {
      const id = someId();
      const attempt = newAttempt(newContentId(Date.now()), 1, Date.now());
      await driver.store.burn(id, attempt);
      const row = await driver.existing(id);
      expect(row.document).toMatchObject({ state: 'deleted', version: attempt.sentAtMs });
      expect(row.expiresAtSeconds).toBeGreaterThan(attempt.sentAtMs / 1000);
      expect((await driver.put(id, 'one')).document.version).toBe(attempt.sentAtMs + 1);
    });

    test('burning one that was committed tells so, also after others followed it', async () => {
      const id = someId();
      const change = firstChange(putWish(id, 'one'));
      await driver.committed(change);
      expect(await driver.store.burn(id, change.attempt)).toMatchObject({ kind: 'committed' });
      await driver.put(id, 'two');
      const outcome = await driver.store.burn(id, change.attempt);
      expect(outcome).toMatchObject({ kind: 'committed', row: { recent: [expect.anything(), change.attempt.id] } });
    });

    test('burning a content burns every attempt with it', async () => {
      const id = someId();
      const change = firstChange(putWish(id, 'one'));
      const { contentId } = change.attempt;
      await driver.store.burn(id, { ...change.attempt, id: contentId });
      expect(await driver.store.commit(change)).toMatchObject({ kind: 'refused', row: { burned: [contentId] } });
    });

    test('a row burns sixteen, and more only when the old ones cannot matter any more', async () => {
      const id = someId();
      const { store: port } = driver;
      const burnAt = async (nowMs: number) => port.burn(id, newAttempt(newContentId(nowMs), 1, nowMs));
      const longAgoMs = Date.now() - 60 * 60 * 1000;
      for (let count = 0; count < maxBurned; count += 1) await burnAt(longAgoMs);
      expect(await burnAt(Date.now())).toMatchObject({ kind: 'burned' });
      expect((await driver.existing(id)).burned).toHaveLength(1);
      for (let count = 1; count < maxBurned; count += 1) await burnAt(Date.now());
      expect(await burnAt(Date.now())).toEqual({ kind: 'full' });
    });
  });
}
