import { beforeAll, describe, expect, test } from 'vitest';
import { liveDocument } from '../document.ts';
import type { EntityTag, Preconditions } from '../preconditions.ts';
import type { MetadataStore } from '../stores.ts';
import { firstChange, putWish, removeWish, someId } from './builders.ts';
import { createMetadataDriver, tagOf, type MetadataDriver } from './metadata-driver.ts';

/** What every MetadataStore promises of preconditions. */
export function metadataPreconditionsContract(createStore: () => Promise<MetadataStore>): void {
  let driver: MetadataDriver;
  beforeAll(async () => {
    driver = createMetadataDriver(await createStore());
  });

  describe('preconditions', () => {
    const other = { version: 1, digest: '0123456789abcdef' };
    const cases: readonly {
      readonly reason: string;
      readonly conditions: (tag: EntityTag) => Preconditions;
      readonly holds: boolean;
      readonly before: 'live' | 'deleted' | 'absent';
    }[] = [
      { reason: 'If-Match of the tag', conditions: (tag) => ({ ifMatch: [tag] }), before: 'live', holds: true },
      {
        reason: 'If-Match of one of several',
        conditions: (tag) => ({ ifMatch: [other, tag] }),
        before: 'live',
        holds: true,
      },
      { reason: 'If-Match of another', conditions: () => ({ ifMatch: [other] }), before: 'live', holds: false },
      {
        reason: 'If-Match of the same content in another version',
        conditions: (tag) => ({ ifMatch: [{ ...tag, version: tag.version - 1 }] }),
        before: 'live',
        holds: false,
      },
      {
        reason: 'If-Match of the same version with another content',
        conditions: (tag) => ({ ifMatch: [{ ...tag, digest: other.digest }] }),
        before: 'live',
        holds: false,
      },
      {
        reason: 'If-Match of nothing we gave out',
        conditions: () => ({ ifMatch: [] }),
        before: 'live',
        holds: false,
      },
      { reason: 'If-Match: * of something', conditions: () => ({ ifMatch: '*' }), before: 'live', holds: true },
      { reason: 'If-Match: * of a tombstone', conditions: () => ({ ifMatch: '*' }), before: 'deleted', holds: false },
      { reason: 'If-Match: * of nothing', conditions: () => ({ ifMatch: '*' }), before: 'absent', holds: false },
      { reason: 'If-Match of nothing', conditions: () => ({ ifMatch: [other] }), before: 'absent', holds: false },
      {
        reason: 'If-None-Match: * of nothing',
        conditions: () => ({ ifNoneMatch: '*' }),
        before: 'absent',
        holds: true,
      },
      {
        reason: 'If-None-Match: * of a tombstone',
        conditions: () => ({ ifNoneMatch: '*' }),
        before: 'deleted',
        holds: true,
      },
      {
        reason: 'If-None-Match: * of something',
        conditions: () => ({ ifNoneMatch: '*' }),
        before: 'live',
        holds: false,
      },
      {
        reason: 'If-None-Match of the tag',
        conditions: (tag) => ({ ifNoneMatch: [other, tag] }),
        before: 'live',
        holds: false,
      },
      { reason: 'If-None-Match of another', conditions: () => ({ ifNoneMatch: [other] }), before: 'live', holds: true },
      {
        reason: 'If-None-Match of another, of a tombstone',
        conditions: () => ({ ifNoneMatch: [other] }),
        before: 'deleted',
        holds: true,
      },
      {
        reason: 'If-None-Match of nothing we gave out',
        conditions: () => ({ ifNoneMatch: [] }),
        before: 'live',
        holds: true,
      },
      {
        reason: 'both, of which the second fails',
        conditions: (tag) => ({ ifMatch: [tag], ifNoneMatch: [tag] }),
        before: 'live',
        holds: false,
      },
      {
        reason: 'both, which hold',
        conditions: (tag) => ({ ifMatch: '*', ifNoneMatch: [{ ...tag, version: 3 }] }),
        before: 'live',
        holds: true,
      },
    ];

    test.each(cases)('$reason: $holds', async ({ conditions, before, holds }) => {
      const id = someId();
      let tag = other;
      if (before !== 'absent') tag = tagOf(await driver.put(id, 'one'));
      if (before === 'deleted') await driver.committed(firstChange(removeWish(id)));
      const outcome = await driver.store.commit(firstChange(putWish(id, 'two', { preconditions: conditions(tag) })));
      expect(outcome.kind).toBe(holds ? 'committed' : 'refused');
      const after = await driver.store.read(id);
      expect(liveDocument(after?.document)?.sha256.startsWith('3fc4ccfe')).toBe(
        holds ? true : before === 'live' ? false : undefined,
      );
    });

    test('a removal obeys them too', async () => {
      const id = someId();
      const tag = tagOf(await driver.put(id, 'one'));
      expect(await driver.refused(removeWish(id, { preconditions: { ifMatch: [other] } }))).toBeDefined();
      expect(await driver.refused(removeWish(id, { preconditions: { ifMatch: [] } }))).toBeDefined();
      await driver.committed(firstChange(removeWish(id, { preconditions: { ifMatch: [tag] } })));
    });

    test('sixteen tags in each field are a condition that the store can decide', async () => {
      const id = someId();
      const tag = tagOf(await driver.put(id, 'one'));
      const others = Array.from({ length: 15 }, (_, version) => ({ ...other, version: version + 1 }));
      const after = await driver.put(id, 'two', { ifMatch: [...others, tag], ifNoneMatch: others });
      expect(after.document.version).toBe(tag.version + 1);
    });

    test('of fifty that create at the same time exactly one succeeds', async () => {
      const id = someId();
      const { store: port } = driver;
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          port.commit(firstChange(putWish(id, `writer ${index}`, { preconditions: { ifNoneMatch: '*' } }))),
        ),
      );
      expect(outcomes.filter(({ kind }) => kind === 'committed')).toHaveLength(1);
      expect(outcomes.filter(({ kind }) => kind === 'refused')).toHaveLength(49);
    });

    test('of fifty that replace the same version exactly one succeeds', async () => {
      const id = someId();
      const { store: port } = driver;
      const row = await driver.put(id, 'one');
      const ifMatch = [tagOf(row)];
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          port.commit(firstChange(putWish(id, `writer ${index}`, { preconditions: { ifMatch } }))),
        ),
      );
      expect(outcomes.filter(({ kind }) => kind === 'committed')).toHaveLength(1);
      expect((await driver.existing(id)).document.version).toBe(row.document.version + 1);
    });
  });
}
