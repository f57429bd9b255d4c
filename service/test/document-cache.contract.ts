import { beforeAll, expect, test } from 'vitest';
import type { Document, LiveDocument, Tombstone } from '../document.ts';
import type { DocumentCache } from '../stores.ts';
import { liveDocument, someId } from './builders.ts';

/** A cache under test, and other clients of it. */
export interface DocumentCacheUnderTest {
  readonly cache: DocumentCache;
  /** Lets the time of entries pass. */
  readonly pass: (ms: number) => Promise<void>;
}

const ttlMs = 60_000;

/** What every DocumentCache promises. */
export function documentCacheContract(create: () => Promise<DocumentCacheUnderTest>): void {
  let cache: DocumentCache;
  let pass: DocumentCacheUnderTest['pass'];
  beforeAll(async () => {
    ({ cache, pass } = await create());
  });

  const tombstone: Tombstone = {
    state: 'deleted',
    version: 9,
    content: { id: 'dead', atMs: 5, placement: { where: 'none' } },
    modifiedMs: 5,
  };
  const documents: readonly { readonly reason: string; readonly document: Document }[] = [
    { reason: 'a document with its body', document: liveDocument('hello') },
    { reason: 'an empty document', document: liveDocument('') },
    { reason: 'a body of 64 KiB', document: liveDocument('x'.repeat(64 * 1024)) },
    {
      reason: 'content in S3',
      document: withoutBody({
        content: { id: 'c', atMs: 1, placement: { where: 's3', key: 'documents/é/1' } },
        length: 52_428_800_000,
      }),
    },
    {
      reason: 'content in chunks',
      document: withoutBody({ content: { id: 'c', atMs: 1, placement: { where: 'chunks', chunks: 47 } } }),
    },
    { reason: 'a long content type', document: liveDocument('x', { contentType: `a/b; c="${'d'.repeat(2000)}"` }) },
    { reason: 'a tombstone', document: tombstone },
  ];

  function withoutBody(overrides: Partial<LiveDocument>): LiveDocument {
    const { body: _none, ...rest } = liveDocument('x', overrides);
    return rest;
  }

  test('what was never stored is not there', async () => {
    expect((await cache.read(someId())).entry).toBeUndefined();
  });

  test.each(documents)('$reason is read as it was stored', async ({ document }) => {
    const id = someId();
    expect(await cache.store(id, { generation: 3, document }, ttlMs)).toBe(true);
    const { entry } = await cache.read(id);
    expect(entry).toEqual({ generation: 3, document });
  });

  test('an older version never replaces a newer one', async () => {
    const id = someId();
    const newer = { generation: 1, document: liveDocument('newer', { version: 1_700_000_000_010 }) };
    const older = { generation: 1, document: liveDocument('older', { version: 1_700_000_000_009 }) };
    await cache.store(id, newer, ttlMs);
    expect(await cache.store(id, older, ttlMs)).toBe(false);
    expect((await cache.read(id)).entry).toEqual(newer);
  });

  test('versions are compared as numbers', async () => {
    const id = someId();
    await cache.store(id, { generation: 1, document: liveDocument('nine', { version: 9 }) }, ttlMs);
    expect(await cache.store(id, { generation: 1, document: liveDocument('ten', { version: 10 }) }, ttlMs)).toBe(true);
  });

  test('the same version may be stored again, and a newer one replaces it', async () => {
    const id = someId();
    for (const version of [5, 5, 6]) {
      const entry = { generation: 2, document: liveDocument(`version ${version}`, { version }) };
      expect(await cache.store(id, entry, ttlMs)).toBe(true);
      expect((await cache.read(id)).entry).toEqual(entry);
    }
  });

  test('an entry ends with its time', async () => {
    const id = someId();
    await cache.store(id, { generation: 1, document: liveDocument('short') }, 40);
    await pass(45);
    await expect.poll(async () => (await cache.read(id)).entry).toBeUndefined();
  });

  test('generations only grow, and every read tells the current one', async () => {
    const id = someId();
    const first = await cache.generation();
    expect(await cache.generation()).toBe(first);
    const second = await cache.renew();
    expect(second).toBeGreaterThan(first);
    expect((await cache.read(id)).generation).toBe(second);
    expect(await cache.renew()).toBeGreaterThan(second);
  });
}
