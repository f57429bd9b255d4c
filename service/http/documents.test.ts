import { describe, expect, test } from 'vitest';
import { sha256 } from '../test/builders.ts';
import { startService } from '../test/service-world.ts';

describe('PUT', () => {
  test('creates with 201 and a Location, and replaces with 204', async () => {
    await using service = await startService();
    const created = await service.send({ method: 'PUT', path: '/documents/a%2Fb', body: 'one' });
    expect(created).toMatchObject({
      status: 201,
      text: '',
      headers: { location: '/documents/a%2Fb', 'content-length': '0' },
    });
    const replaced = await service.send({ method: 'PUT', path: '/documents/a%2Fb', body: 'two' });
    expect(replaced).toMatchObject({ status: 204, text: '' });
    expect(replaced.headers).not.toHaveProperty('location');
    expect(Number(replaced.headers['document-version'])).toBe(Number(created.headers['document-version']) + 1);
  });

  test('answers with the validators that a GET then gives', async () => {
    await using service = await startService();
    const put = await service.send({ method: 'PUT', path: '/documents/a', body: 'one' });
    const get = await service.send({ path: '/documents/a' });
    for (const name of ['etag', 'last-modified', 'document-version']) {
      expect(get.headers[name]).toBe(put.headers[name]);
    }
    expect(get.headers.etag).toBe(`"${get.headers['document-version'] as string}-${sha256('one').slice(0, 16)}"`);
  });

  test('of the same bytes again makes another version and another tag', async () => {
    await using service = await startService();
    const first = await service.send({ method: 'PUT', path: '/documents/a', body: 'one' });
    const second = await service.send({ method: 'PUT', path: '/documents/a', body: 'one' });
    expect(second.headers.etag).not.toBe(first.headers.etag);
  });

  test.each([
    { bytes: 0, reason: 'nothing' },
    { bytes: 1, reason: 'one byte' },
    { bytes: 8192, reason: 'the most that lives in the row' },
    { bytes: 8193, reason: 'a byte more' },
    { bytes: 64 * 1024, reason: 'one whole block' },
    { bytes: 64 * 1024 + 1, reason: 'a block and a byte' },
    { bytes: 1_000_000, reason: 'many blocks' },
  ])('keeps every byte: $reason', async ({ bytes }) => {
    await using service = await startService();
    const body = Buffer.alloc(bytes, 'abcdefg');
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
      await service.send({ method: 'PUT', path: '/documents/a', headers, body });
      const got = await service.send({ path: '/documents/a' });
      expect(got.body.equals(body)).toBe(true);
      expect(got.headers['content-length']).toBe(String(bytes));
    }
  });
});

test('PUT of a part is refused and leaves the document as it was', async () => {
  await using service = await startService();
  await service.send({ method: 'PUT', path: '/documents/a', body: 'whole' });
  const headers = { 'content-range': 'bytes 0-3/5' };
  const got = await service.send({ method: 'PUT', path: '/documents/a', headers, body: 'part' });
  expect(got.status).toBe(400);
  expect(JSON.parse(got.text)).toMatchObject({ code: 'partial-body' });
  expect((await service.send({ path: '/documents/a' })).text).toBe('whole');
});

test.each(['gzip', 'GZIP', 'identity, gzip', 'br', 'aws-chunked'])(
  'PUT of an encoded document is refused, since a GET would give it as plain: %s',
  async (encoding) => {
    await using service = await startService();
    const headers = { 'content-encoding': encoding };
    const got = await service.send({ method: 'PUT', path: '/documents/a', headers, body: 'x' });
    expect(got).toMatchObject({ status: 415, headers: { 'accept-encoding': 'identity' } });
    expect(JSON.parse(got.text)).toMatchObject({ code: 'unsupported-encoding' });
    expect((await service.send({ path: '/documents/a' })).status).toBe(404);
  },
);

test.each(['identity', 'Identity', ''])('PUT of a document that is not encoded is stored: "%s"', async (encoding) => {
  await using service = await startService();
  const headers = { 'content-encoding': encoding };
  expect((await service.send({ method: 'PUT', path: '/documents/a', headers, body: 'x' })).status).toBe(201);
});

describe('GET', () => {
  test.each([
    { type: 'text/plain;  charset=UTF-8', reason: 'kept to the letter' },
    { type: 'application/json', reason: 'nothing is added' },
    { type: 'text/html', reason: 'nothing is added' },
    { type: 'APPLICATION/X-Own', reason: 'capitals stay' },
  ])('gives the type that was stored: $type, $reason', async ({ type }) => {
    await using service = await startService();
    await service.send({ method: 'PUT', path: '/documents/a', headers: { 'content-type': type }, body: '{"broken"' });
    const got = await service.send({ path: '/documents/a' });
    expect(got.headers['content-type']).toBe(type);
    expect(got.text).toBe('{"broken"');
  });

  test('gives application/octet-stream where no type was sent', async () => {
    await using service = await startService();
    await service.send({ method: 'PUT', path: '/documents/a', body: 'x' });
    expect((await service.send({ path: '/documents/a' })).headers['content-type']).toBe('application/octet-stream');
  });

  test('gives what keeps a document from doing harm in a browser', async () => {
    await using service = await startService();
    await service.send({ method: 'PUT', path: '/documents/a', body: '<script>' });
    expect((await service.send({ path: '/documents/a' })).headers).toMatchObject({
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
    });
  });

  test('of nothing is a 404 that nobody keeps', async () => {
    await using service = await startService();
    const got = await service.send({ path: '/documents/a' });
    expect(got).toMatchObject({ status: 404, headers: { 'cache-control': 'no-store' } });
  });

  test('does not mind a query', async () => {
    await using service = await startService();
    await service.send({ method: 'PUT', path: '/documents/a?x=1', body: 'x' });
    expect((await service.send({ path: '/documents/a?y=/2' })).text).toBe('x');
  });
});

describe('HEAD', () => {
  test('gives the header of a GET and no body', async () => {
    await using service = await startService();
    await service.send({
      method: 'PUT',
      path: '/documents/a',
      headers: { 'content-type': 'text/plain' },
      body: 'hello',
    });
    const { date: _one, 'x-request-id': _two, ...get } = (await service.send({ path: '/documents/a' })).headers;
    const head = await service.send({ method: 'HEAD', path: '/documents/a' });
    expect(head).toMatchObject({ status: 200, text: '', headers: get });
  });

  test('of nothing is a 404 without a body', async () => {
    await using service = await startService();
    expect(await service.send({ method: 'HEAD', path: '/documents/a' })).toMatchObject({ status: 404, text: '' });
  });
});

describe('DELETE', () => {
  test('removes with 204, and then there is nothing, nor anything to remove', async () => {
    await using service = await startService();
    await service.send({ method: 'PUT', path: '/documents/a', body: 'x' });
    expect(await service.send({ method: 'DELETE', path: '/documents/a' })).toMatchObject({ status: 204, text: '' });
    expect((await service.send({ path: '/documents/a' })).status).toBe(404);
    expect((await service.send({ method: 'DELETE', path: '/documents/a' })).status).toBe(404);
  });

  test('is followed by a creation with a higher version', async () => {
    await using service = await startService();
    const first = await service.send({ method: 'PUT', path: '/documents/a', body: 'x' });
    await service.send({ method: 'DELETE', path: '/documents/a' });
    const second = await service.send({ method: 'PUT', path: '/documents/a', body: 'x' });
    expect(second.status).toBe(201);
    expect(Number(second.headers['document-version'])).toBeGreaterThan(Number(first.headers['document-version']) + 1);
  });

  test('does not mind a body', async () => {
    await using service = await startService();
    await service.send({ method: 'PUT', path: '/documents/a', body: 'x' });
    const sent = {
      method: 'DELETE',
      path: '/documents/a',
      headers: { 'content-type': 'text/plain', 'content-length': 1 },
      body: '{',
    };
    expect((await service.send(sent)).status).toBe(204);
  });
});

describe('every response', () => {
  test('carries the request id that came in, if it is one', async () => {
    await using service = await startService();
    const good = await service.send({ path: '/livez', headers: { 'x-request-id': 'abc-123' } });
    expect(good.headers['x-request-id']).toBe('abc-123');
    for (const bad of ['has space', 'x'.repeat(129), '"']) {
      const got = await service.send({ path: '/livez', headers: { 'x-request-id': bad } });
      expect(got.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test('ends its connection while the service drains', async () => {
    await using service = await startService();
    expect((await service.send({ path: '/livez', headers: { connection: 'keep-alive' } })).headers.connection).toBe(
      'keep-alive',
    );
    service.standing.draining = true;
    for (const path of ['/livez', '/documents/none', '/nothing/here', '/documents/%zz']) {
      expect((await service.send({ path, headers: { connection: 'keep-alive' } })).headers.connection).toBe('close');
    }
  });
});
