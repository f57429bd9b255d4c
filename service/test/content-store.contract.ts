import { buffer } from 'node:stream/consumers';
import { beforeAll, expect, test } from 'vitest';
import { newContentId } from '../attempts.ts';
import type { Content, Placement } from '../document.ts';
import { checkDocumentId, type DocumentId } from '../document-id.ts';
import { MissingContent } from '../errors.ts';
import type { ContentStore } from '../stores.ts';
import { blocksOf, brokenBlocks, randomBytes, someId } from './builders.ts';

/** A store under test and a look behind it. */
export interface ContentStoreUnderTest {
  readonly store: ContentStore;
  /** How many pieces of contents there are, and of uploads that were begun. */
  readonly pieces: () => Promise<number>;
  /** Takes a content's first or last piece away behind the store's back; there may be but one. */
  readonly lose: (content: Content, piece: 'first' | 'last') => Promise<void>;
}

/** What every ContentStore promises. */
export function contentStoreContract(create: () => Promise<ContentStoreUnderTest>): void {
  let under: ContentStoreUnderTest;
  beforeAll(async () => {
    under = await create();
  });

  async function write(
    blocks: AsyncIterator<Buffer, void>,
    documentId: DocumentId = someId(),
    signal: AbortSignal = AbortSignal.timeout(20_000),
  ): Promise<Content> {
    const id = newContentId(Date.now());
    const placement: Placement = await under.store.write(id, documentId, blocks, signal);
    return { id, atMs: Date.now(), placement };
  }

  async function read(content: Content): Promise<Buffer> {
    return buffer(await under.store.open(content, AbortSignal.timeout(20_000)));
  }

  test('one short block is read as it was written', async () => {
    expect((await read(await write(blocksOf('hello')))).toString()).toBe('hello');
  });

  test('three whole blocks and a short one are read as they were written', async () => {
    const { blockBytes } = under.store;
    const bytes = randomBytes(3 * blockBytes + 17);
    const blocks = [0, 1, 2, 3].map((index) => bytes.subarray(index * blockBytes, (index + 1) * blockBytes));
    const content = await write(blocksOf(...blocks));
    expect((await read(content)).equals(bytes)).toBe(true);
  });

  test('exactly one and exactly two whole blocks are read as they were written', async () => {
    const bytes = randomBytes(2 * under.store.blockBytes);
    const [first, second] = [bytes.subarray(0, under.store.blockBytes), bytes.subarray(under.store.blockBytes)];
    expect((await read(await write(blocksOf(first)))).equals(first)).toBe(true);
    expect((await read(await write(blocksOf(first, second)))).equals(bytes)).toBe(true);
  });

  test('two contents of one document stand beside each other', async () => {
    const id = someId();
    const [one, two] = [await write(blocksOf('one'), id), await write(blocksOf('two'), id)];
    expect((await read(one)).toString()).toBe('one');
    expect((await read(two)).toString()).toBe('two');
  });

  test.each([
    { reason: '512 bytes of three-byte characters', id: '\u20ac'.repeat(170) + 'ab' },
    { reason: 'what would leave a folder', id: '../../../../etc/passwd' },
    { reason: 'slashes, spaces and quotes', id: '/a//b/ "%2e%2e" \\' },
  ])('any document id will do: $reason', async ({ id }) => {
    expect((await read(await write(blocksOf('x'), checkDocumentId(id)))).toString()).toBe('x');
  });

  test('what is not there is missing, and not empty and not a failure of storage', async () => {
    const content = await write(blocksOf('gone'));
    await under.lose(content, 'first');
    await expect(under.store.open(content, AbortSignal.timeout(20_000))).rejects.toBeInstanceOf(MissingContent);
  });

  test('what has lost its end is missing, at once or after what is left of it', async () => {
    const content = await write(blocksOf(...[1, 2, 3].map(() => randomBytes(under.store.blockBytes))));
    await under.lose(content, 'last');
    await expect(read(content)).rejects.toBeInstanceOf(MissingContent);
  });

  test.each([{ where: 'none' }, { where: 'inline' }] as const)(
    'content that is in no store ($where) is missing, so that the row is read again',
    async (placement) => {
      const content: Content = { id: newContentId(0), atMs: 0, placement };
      await expect(under.store.open(content, AbortSignal.timeout(20_000))).rejects.toBeInstanceOf(MissingContent);
    },
  );

  test('content that is in another store is not missing: the configuration is wrong', async () => {
    const { where } = (await write(blocksOf('x'))).placement;
    const placement: Placement = where === 's3' ? { where: 'chunks', chunks: 1 } : { where: 's3', key: 'k' };
    const content: Content = { id: newContentId(0), atMs: 0, placement };
    const fault = { code: 'storage-unavailable', cause: { message: expect.stringContaining(`"${placement.where}"`) } };
    await expect(under.store.open(content, AbortSignal.timeout(20_000))).rejects.toMatchObject(fault);
  });

  test.each([0, 1, 3])('a body that breaks off after %d blocks leaves nothing behind', async (count) => {
    const blocks = Array.from({ length: count }, () => randomBytes(under.store.blockBytes));
    const before = await under.pieces();
    const gone = new Error('the client went away');
    await expect(write(brokenBlocks(gone, ...blocks))).rejects.toBe(gone);
    expect(await under.pieces()).toBe(before);
  });

  test.each([0, 1, 3])(
    'a writing that is ended after %d blocks is not done and leaves nothing behind',
    async (count) => {
      const before = await under.pieces();
      const controller = new AbortController();
      let asked = 0;
      const blocks: AsyncIterator<Buffer, void> = {
        async next() {
          if (asked === count) controller.abort();
          asked += 1;
          return asked > 4
            ? { done: true, value: undefined }
            : { done: false, value: randomBytes(under.store.blockBytes) };
        },
      };
      const refusal = write(blocks, someId(), controller.signal);
      await expect(refusal).rejects.toMatchObject({ code: 'storage-unavailable' });
      expect(await under.pieces()).toBe(before);
    },
  );

  test('the next block is asked for while one is under way, and no more than that', async () => {
    const { blockBytes } = under.store;
    let asked = 0;
    const blocks: AsyncIterator<Buffer, void> = {
      async next() {
        asked += 1;
        return asked > 4 ? { done: true, value: undefined } : { done: false, value: randomBytes(blockBytes) };
      },
    };
    await write(blocks);
    expect(asked).toBe(5);
  });

  test('reading stops when the signal says so', async () => {
    const blocks = Array.from({ length: 4 }, () => randomBytes(under.store.blockBytes));
    const content = await write(blocksOf(...blocks));
    const controller = new AbortController();
    const stream = await under.store.open(content, controller.signal);
    controller.abort();
    await expect(buffer(stream)).rejects.toBeInstanceOf(Error);
  });

  test('the probe resolves', async () => {
    await expect(under.store.probe()).resolves.toBeUndefined();
  });
}
