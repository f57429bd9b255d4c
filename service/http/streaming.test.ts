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

test('an upload whose body is in, but not stored when a request has to be over, is a 503 and no document', async () => {
  const hanging = (real: ContentStore): ContentStore => ({
    ...real,
    async write(contentId, documentId, blocks, signal) {
      const placement = await real.write(contentId, documentId, blocks, signal);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return placement;
    },
  });
  await using service = await startService({ contents: hanging, requestTimeoutMs: 300 });
  const got = await service.send({ method: 'PUT', path: '/documents/a', body: Buffer.alloc(100_000) });
  expect(got.status).toBe(503);
  expect(JSON.parse(got.text)).toMatchObject({ code: 'storage-unavailable' });
  expect((await service.send({ path: '/documents/a' })).status).toBe(404);
});

test.each([
  { reason: 'that has not begun when a request has to be over is a 503', pieces: 0, seen: '503' },
  {
    reason: 'that is not done when a request has to be over is broken off',
    pieces: 2,
    seen: expect.stringMatching(/aborted|hang up/),
  },
])('a download $reason', async ({ pieces, seen }) => {
  const stuck = (real: ContentStore): ContentStore => ({
    ...real,
    async open() {
      const source = new Readable({ read: () => undefined });
      for (let sent = 0; sent < pieces; sent += 1) source.push(Buffer.alloc(1000));
      return source;
    },
  });
  await using service = await startService({ contents: stuck, requestTimeoutMs: 300 });
  await service.send({ method: 'PUT', path: '/documents/a', body: Buffer.alloc(100_000) });
  const got = service.send({ path: '/documents/a' }).then(({ status }) => String(status), String);
  expect(await got).toEqual(seen);
});
