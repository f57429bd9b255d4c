import { request } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { ContentStore, DocumentCache } from '../stores.ts';
import { openLine } from '../test/http-client.ts';
import { startService } from '../test/service-world.ts';

const block = Buffer.alloc(64 * 1024, 'b');

/** A cache in which nothing is ever found, so that every read goes to the stores. */
const forgetful: DocumentCache = {
  read: async () => ({ generation: 1, entry: undefined }),
  store: async () => true,
  generation: async () => 1,
  renew: async () => 1,
};

describe('a body that is too large', () => {
  test('is refused before any of it is read, where its length is declared', async () => {
    await using service = await startService({ maxDocumentBytes: 1000 });
    const line = await openLine(service.port);
    line.write('PUT /documents/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n');
    await expect.poll(() => line.received()).toContain('HTTP/1.1 413 ');
    expect(line.received()).toContain('"code":"too-large"');
    line.socket.destroy();
  });

  test('is refused in its middle, where its length is not declared, and leaves nothing', async () => {
    await using service = await startService({ maxDocumentBytes: 300_000 });
    const endless = new Readable({
      read() {
        this.push(block);
      },
    });
    const got = await service.send({ method: 'PUT', path: '/documents/a', body: endless });
    expect(got.status).toBe(413);
    endless.destroy();
    expect((await service.send({ path: '/documents/a' })).status).toBe(404);
    expect(service.contents.size).toBe(0);
  });

  test('does not end the connection for the requests that follow it', async () => {
    await using service = await startService({ maxDocumentBytes: 10 });
    const line = await openLine(service.port);
    line.write(`PUT /documents/a HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n${'x'.repeat(20)}`);
    await expect.poll(() => line.received()).toContain('HTTP/1.1 413 ');
    line.write('GET /livez HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => line.received()).toContain('HTTP/1.1 200 OK');
    const chunked = 'PUT /documents/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n' + 'y'.repeat(20);
    line.write(chunked);
    await expect.poll(() => line.received().match(/HTTP\/1.1 413 /g)).toHaveLength(2);
    line.write('\r\n0\r\n\r\nGET /readyz HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => line.received()).toContain('{"status":"ready"}');
    line.socket.destroy();
  });
});

describe('Expect: 100-continue', () => {
  const head = 'PUT /documents/a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n';

  test('is answered when the body is wanted', async () => {
    await using service = await startService();
    const line = await openLine(service.port);
    line.write(`${head}\r\n`);
    await expect.poll(() => line.received()).toContain('HTTP/1.1 100 Continue');
    line.write('hello');
    await expect.poll(() => line.received()).toContain('HTTP/1.1 201 Created');
    line.socket.destroy();
  });

  test('is answered with the refusal, and the end of the connection, when it is not', async () => {
    await using service = await startService({ maxDocumentBytes: 4 });
    for (const extra of ['', 'If-Match: *\r\n', 'If-Match: nonsense\r\n']) {
      const line = await openLine(service.port);
      line.write(`${head}${extra}\r\n`);
      await line.ended;
      expect(line.received()).toMatch(/^HTTP\/1.1 4(13|12|00) /);
      expect(line.received().toLowerCase()).toContain('connection: close');
      expect(line.received()).not.toContain('100 Continue');
    }
  });
});

describe('a client that goes away', () => {
  test('while it uploads leaves no document and no content', async () => {
    await using service = await startService();
    const line = await openLine(service.port);
    line.write('PUT /documents/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n');
    line.socket.write(block);
    line.socket.write(block);
    await expect.poll(() => line.socket.bytesWritten).toBeGreaterThan(2 * block.length);
    line.socket.destroy();
    await expect.poll(async () => (await service.metrics.exposition()).text).toMatch(/status="aborted"} 1/);
    expect((await service.send({ path: '/documents/a' })).status).toBe(404);
    expect(service.contents.size).toBe(0);
  });

  test('while it downloads ends the reading of the content', async () => {
    let ended = false;
    const endless = (real: ContentStore): ContentStore => ({
      ...real,
      async open() {
        const source = new Readable({
          read: () => void source.push(block),
          destroy: (error, done) => ((ended = true), done(error)),
        });
        return source;
      },
    });
    await using service = await startService({ contents: endless });
    await service.send({ method: 'PUT', path: '/documents/a', body: Buffer.alloc(50_000_000) });
    const got = request({ port: service.port, path: '/documents/a' }, (response) => response.destroy());
    got.on('error', () => undefined).end();
    await expect.poll(() => ended).toBe(true);
    // It did not end because all of it had been read.
    expect(service.damages).toEqual([]);
  });
});

test('a reader that does not read holds the content back', async () => {
  let pushed = 0;
  const length = 100_000_000;
  const long = (real: ContentStore): ContentStore => ({
    ...real,
    async open() {
      const source = new Readable({
        read() {
          pushed += block.length;
          source.push(pushed < length ? block : null);
        },
      });
      return source;
    },
  });
  await using service = await startService({
    contents: long,
    cache: forgetful,
    metadata: (real) => ({
      ...real,
      async read(id) {
        const row = await real.read(id);
        return row?.document.state === 'live' ? { ...row, document: { ...row.document, length } } : row;
      },
    }),
  });
  await service.send({ method: 'PUT', path: '/documents/a', body: Buffer.alloc(100_000) });
  const line = await openLine(service.port);
  line.socket.pause();
  line.write('GET /documents/a HTTP/1.1\r\nHost: a\r\n\r\n');
  await expect.poll(() => pushed).toBeGreaterThan(0);
  let before = -1;
  await expect.poll(() => before === (before = pushed), { interval: 200, timeout: 10_000 }).toBe(true);
  expect(pushed).toBeLessThan(20_000_000);
  line.socket.resume();
  await expect.poll(() => pushed, { timeout: 10_000 }).toBeGreaterThan(before + 20_000_000);
  line.socket.destroy();
});

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

test('a download that takes longer than a request may is ended', async () => {
  const never = (real: ContentStore): ContentStore => ({
    ...real,
    open: async () => new Readable({ read: () => undefined }),
  });
  await using service = await startService({ contents: never, requestTimeoutMs: 300 });
  await service.send({ method: 'PUT', path: '/documents/a', body: Buffer.alloc(100_000) });
  await expect(service.send({ path: '/documents/a' })).rejects.toThrow(/aborted|hang up/);
});
