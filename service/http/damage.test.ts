import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { startService } from '../test/service-world.ts';

describe('content that is not what was stored', () => {
  async function stored(bytes: number) {
    const service = await startService({ inlineMaxBytes: 0 });
    await service.send({ method: 'PUT', path: '/documents/a', body: Buffer.alloc(bytes, 'a') });
    const [[contentId, blocks]] = [...service.contents] as [[string, readonly Buffer[]]];
    return { ...service, contentId, blocks };
  }

  test.each([
    {
      reason: 'another byte',
      damage: (blocks: readonly Buffer[]) => [Buffer.from('!'), ...blocks.slice(0, -1), blocks.at(-1)?.subarray(1)],
    },
    {
      reason: 'a byte too few',
      damage: (blocks: readonly Buffer[]) => [...blocks.slice(0, -1), blocks.at(-1)?.subarray(1)],
    },
    { reason: 'a byte too many', damage: (blocks: readonly Buffer[]) => [...blocks, Buffer.from('!')] },
  ])('is never delivered whole: $reason', async ({ damage }) => {
    await using service = await stored(200_000);
    service.contents.set(
      service.contentId,
      damage(service.blocks).filter((each) => each !== undefined),
    );
    await expect(service.send({ path: '/documents/a' })).rejects.toThrow(/aborted|hang up/);
    expect(service.damages).toEqual(['mismatch']);
  });

  test('is a 500 where it is small enough to be looked at first', async () => {
    await using service = await stored(20_000);
    service.contents.set(service.contentId, [Buffer.alloc(20_000, 'b')]);
    const got = await service.send({ path: '/documents/a' });
    expect(got.status).toBe(500);
    expect(JSON.parse(got.text)).toMatchObject({ code: 'content-lost' });
    expect(service.damages).toEqual(['mismatch']);
  });

  test('breaks off, and is told to be missing, where its end is gone', async () => {
    await using service = await stored(300_000);
    service.contents.set(service.contentId, service.blocks.slice(0, -1));
    await expect(service.send({ path: '/documents/a' })).rejects.toThrow(/aborted|hang up/);
    expect(service.damages).toEqual(['missing']);
  });

  test('is a 500, and never a 404, where it is gone', async () => {
    await using service = await stored(20_000);
    service.contents.delete(service.contentId);
    const got = await service.send({ path: '/documents/a' });
    expect(got.status).toBe(500);
    expect(service.damages).toEqual(['missing']);
  });
});

test('content that is gone since the document was replaced is read from where it is now', async () => {
  let replace: (() => Promise<unknown>) | undefined;
  await using service = await startService({
    inlineMaxBytes: 0,
    contents: (real) => ({
      ...real,
      async open(content, signal) {
        const action = replace;
        replace = undefined;
        await action?.();
        return real.open(content, signal);
      },
    }),
  });
  await service.send({ method: 'PUT', path: '/documents/a', body: Buffer.alloc(100_000, 'a') });
  const [old] = service.contents.keys();
  replace = async () => {
    await service.send({ method: 'PUT', path: '/documents/a', body: 'new' });
    service.contents.delete(old ?? '');
  };
  expect((await service.send({ path: '/documents/a' })).text).toBe('new');
  expect(service.damages).toEqual([]);
});

test.each([
  { reason: 'before the first byte', pieces: 0 },
  { reason: 'before any byte went out', pieces: 1 },
])('storage that fails $reason of a large document is a 503 without a word of the document', async ({ pieces }) => {
  await using service = await startService({
    contents: (real) => ({
      ...real,
      open: async () =>
        Readable.from(
          (async function* () {
            for (let sent = 0; sent < pieces; sent += 1) yield Buffer.alloc(1000);
            throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
          })(),
        ),
    }),
  });
  await service.send({ method: 'PUT', path: '/documents/a', body: Buffer.alloc(100_000) });
  const got = await service.send({ path: '/documents/a' });
  expect(got).toMatchObject({ status: 503, headers: { 'retry-after': '2', 'cache-control': 'no-store' } });
  expect(JSON.parse(got.text)).toMatchObject({ code: 'storage-unavailable' });
  for (const name of ['etag', 'last-modified', 'document-version', 'content-security-policy']) {
    expect(got.headers).not.toHaveProperty(name);
  }
  expect(service.log.filter(({ level, code }) => level === 50 && code === 'storage-unavailable')).toHaveLength(1);
});
