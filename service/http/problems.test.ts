import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { DocumentError, storageUnavailable } from '../errors.ts';
import { openLine } from '../test/http-client.ts';
import { startService } from '../test/service-world.ts';
import { problemTable } from './problems.ts';

const secret = 'arn:aws:dynamodb:eu-central-1:123456789012:table/secret';

test('README.md lists every code with its status and its title', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const rows = Object.entries(problemTable).map(
    ([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`,
  );
  expect(readme.replaceAll(/ +/g, ' ')).toContain(rows.join('\n'));
});

test.each(Object.entries(problemTable))('%s is a status of an error, and has a title', (_code, { status, title }) => {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(600);
  expect(title).toMatch(/^[A-Z]/);
});

describe('a request that leads nowhere is a problem', () => {
  test.each([
    { method: 'GET', path: '/', status: 404, code: 'route-not-found' },
    { method: 'GET', path: '/documents', status: 404, code: 'route-not-found' },
    { method: 'GET', path: '/Documents/a', status: 404, code: 'route-not-found' },
    { method: 'GET', path: '/health/', status: 404, code: 'route-not-found' },
    { method: 'POST', path: '/nothing', status: 404, code: 'route-not-found' },
    { method: 'GET', path: '/%zz', status: 400, code: 'bad-request' },
    { method: 'POST', path: '/documents/a', status: 405, code: 'method-not-allowed', allow: 'DELETE, GET, HEAD, PUT' },
    { method: 'PATCH', path: '/documents/a', status: 405, code: 'method-not-allowed', allow: 'DELETE, GET, HEAD, PUT' },
    {
      method: 'OPTIONS',
      path: '/documents/a',
      status: 405,
      code: 'method-not-allowed',
      allow: 'DELETE, GET, HEAD, PUT',
    },
    {
      method: 'PROPFIND',
      path: '/documents/a',
      status: 405,
      code: 'method-not-allowed',
      allow: 'DELETE, GET, HEAD, PUT',
    },
    { method: 'POST', path: '/health', status: 405, code: 'method-not-allowed', allow: 'GET, HEAD' },
    { method: 'DELETE', path: '/livez', status: 405, code: 'method-not-allowed', allow: 'GET, HEAD' },
  ])('$method $path: $status $code', async ({ method, path, status, code, allow }) => {
    await using service = await startService();
    const body =
      method === 'POST' || method === 'PATCH' ? { headers: { 'content-type': 'application/json' }, body: '{' } : {};
    const got = await service.send({ method, path, ...body });
    expect(got.status).toBe(status);
    expect(got.headers['content-type']).toBe('application/problem+json');
    expect(got.headers.allow).toBe(allow);
    expect(JSON.parse(got.text)).toEqual({
      type: `https://docservice.dev/problems/${code}`,
      title: expect.any(String),
      status,
      code,
      detail: expect.any(String),
      requestId: got.headers['x-request-id'],
    });
  });
});

test.each(['text', 'text/', '/plain', 'a b/c', `a/b;c=${'d'.repeat(1019)}`])(
  'a Content-Type that is no media type, or too long, is refused: %s',
  async (type) => {
    await using service = await startService();
    const got = await service.send({
      method: 'PUT',
      path: '/documents/a',
      headers: { 'content-type': type },
      body: 'x',
    });
    expect(got.status).toBe(415);
    expect(JSON.parse(got.text)).toMatchObject({ code: 'invalid-content-type' });
  },
);

describe('a failure inside', () => {
  test.each([
    { error: storageUnavailable(new Error(secret)), status: 503, code: 'storage-unavailable', retryAfter: '2' },
    { error: new DocumentError('content-lost', 'It is lost.', { cause: secret }), status: 500, code: 'content-lost' },
    { error: new Error(secret), status: 500, code: 'internal' },
    { error: Object.assign(new Error(secret), { statusCode: 502, code: secret }), status: 500, code: 'internal' },
    { error: secret, status: 500, code: 'internal' },
  ])(
    'is $status $code, says nothing of the inside, and is logged with its cause',
    async ({ error, status, code, retryAfter }) => {
      await using service = await startService({
        metadata: (real) => ({ ...real, read: () => Promise.reject(error) }),
      });
      const got = await service.send({ path: '/documents/a' });
      expect(got.status).toBe(status);
      expect(JSON.parse(got.text)).toMatchObject({ code });
      expect(got.headers['retry-after']).toBe(retryAfter);
      expect(got.text).not.toContain('secret');
      const lines = service.log.filter(({ level }) => level === 50);
      expect(lines).toEqual([expect.objectContaining({ code, reqId: got.headers['x-request-id'] })]);
      expect(JSON.stringify(lines).includes('arn:aws') || code === 'content-lost').toBe(true);
    },
  );

  test('is no 404 when the row cannot be read, whatever the method', async () => {
    const down = () => Promise.reject(storageUnavailable('down'));
    await using service = await startService({
      metadata: (real) => ({ ...real, read: down, commit: async () => ({ kind: 'not-taken', cause: 'down' }) }),
    });
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      expect((await service.send({ method, path: '/documents/a' })).status).toBe(503);
    }
  });
});

describe('what is not HTTP', () => {
  test.each([
    { text: 'HELLO\r\n\r\n', status: '400 The request is not understood', code: 'bad-request' },
    {
      text: `GET /livez HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(33_000)}\r\n\r\n`,
      status: '431',
      code: 'headers-too-large',
    },
    { text: 'GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n', status: '400', code: 'bad-request' },
  ])('is answered with $status and the connection is ended', async ({ text, status, code }) => {
    await using service = await startService();
    const line = await openLine(service.port);
    line.write(text);
    await line.ended;
    expect(line.received()).toContain(`HTTP/1.1 ${status}`);
    expect(line.received()).toContain('Content-Type: application/problem+json\r\n');
    expect(line.received()).toContain(`"code":"${code}"`);
  });

  test('a header section of 30 KiB is fine', async () => {
    await using service = await startService();
    const got = await service.send({ path: '/livez', headers: { x: 'x'.repeat(30_000) } });
    expect(got.status).toBe(200);
  });
});

test('a request that takes too long to come is answered with 408', async () => {
  await using service = await startService({ requestTimeoutMs: 500 });
  const line = await openLine(service.port);
  line.write('PUT /documents/a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf');
  await line.ended;
  expect(line.received()).toContain('HTTP/1.1 408 ');
  expect(line.received()).toContain('"code":"request-timeout"');
  expect((await service.send({ path: '/documents/a' })).status).toBe(404);
});

test('a success costs no line in the log, a refusal for good reasons only one for debugging', async () => {
  await using service = await startService();
  const before = service.log.length;
  await service.send({ method: 'PUT', path: '/documents/a', body: 'x' });
  await service.send({ path: '/documents/a' });
  expect(service.log.slice(before)).toEqual([]);
  await service.send({ path: '/documents/none' });
  await service.send({ path: '/documents/..' });
  expect(service.log.slice(before).map(({ level, code }) => [level, code])).toEqual([
    [20, 'not-found'],
    [30, 'invalid-id'],
  ]);
});
