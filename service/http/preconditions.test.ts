import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { ContentStore } from '../stores.ts';
import { startService } from '../test/service-world.ts';

/** A content store that nobody may touch. */
function untouchable(real: ContentStore): ContentStore {
  const touched = (): never => {
    throw new Error('the content was touched');
  };
  return { ...real, write: touched, open: touched };
}

describe('a document that is there', () => {
  const table = [
    { method: 'GET', name: 'if-none-match', value: 'tag', status: 304, clause: '13.1.2' },
    { method: 'HEAD', name: 'if-none-match', value: 'tag', status: 304, clause: '13.1.2' },
    { method: 'GET', name: 'if-none-match', value: 'weak tag', status: 304, clause: '13.1.2: weak comparison' },
    { method: 'GET', name: 'if-none-match', value: '*', status: 304, clause: '13.1.2' },
    { method: 'GET', name: 'if-none-match', value: '"other"', status: 200, clause: '13.1.2' },
    { method: 'GET', name: 'if-match', value: 'tag', status: 200, clause: '13.1.1' },
    { method: 'GET', name: 'if-match', value: '"other"', status: 412, clause: '13.1.1' },
    { method: 'HEAD', name: 'if-match', value: '"other"', status: 412, clause: '13.1.1' },
    { method: 'GET', name: 'if-match', value: 'weak tag', status: 412, clause: '13.1.1: strong comparison' },
    { method: 'PUT', name: 'if-match', value: 'tag', status: 204, clause: '13.1.1' },
    { method: 'PUT', name: 'if-match', value: '*', status: 204, clause: '13.1.1' },
    { method: 'PUT', name: 'if-match', value: '"other"', status: 412, clause: '13.1.1' },
    { method: 'PUT', name: 'if-none-match', value: '*', status: 412, clause: '13.1.2' },
    {
      method: 'PUT',
      name: 'if-none-match',
      value: 'tag',
      status: 412,
      clause: '13.1.2: 412 for what is not GET or HEAD',
    },
    { method: 'DELETE', name: 'if-match', value: 'tag', status: 204, clause: '13.1.1' },
    { method: 'DELETE', name: 'if-match', value: '"other"', status: 412, clause: '13.1.1' },
    { method: 'DELETE', name: 'if-none-match', value: '*', status: 412, clause: '13.1.2' },
    {
      method: 'GET',
      name: 'if-match',
      value: 'no tag',
      status: 400,
      clause: 'ours: what is not understood is not ignored',
    },
  ];

  test.each(table)('$method $name $value: $status ($clause)', async ({ method, name, value, status }) => {
    await using service = await startService();
    const { headers } = await service.send({ method: 'PUT', path: '/documents/a', body: 'x' });
    const tag = String(headers.etag);
    const sentValue = value.replace(/^weak tag$/, `W/${tag}`).replace(/^tag$/, tag);
    const body = method === 'PUT' ? { body: 'y' } : {};
    const got = await service.send({ method, path: '/documents/a', headers: { [name]: sentValue }, ...body });
    expect(got.status).toBe(status);
  });
});

describe('a document that is not there', () => {
  test.each([
    { method: 'PUT', name: 'if-none-match', value: '*', status: 201, clause: '13.1.2' },
    { method: 'PUT', name: 'if-none-match', value: '"other"', status: 201, clause: '13.1.2' },
    { method: 'PUT', name: 'if-match', value: '*', status: 412, clause: '13.1.1' },
    { method: 'PUT', name: 'if-match', value: '"other"', status: 412, clause: '13.1.1' },
    { method: 'GET', name: 'if-match', value: '*', status: 404, clause: '13.2.1: without the field it is no 2xx' },
    { method: 'DELETE', name: 'if-match', value: '*', status: 404, clause: '13.2.1: without the field it is no 2xx' },
    { method: 'GET', name: 'if-none-match', value: '*', status: 404, clause: '13.2.1' },
  ])('$method $name $value: $status ($clause)', async ({ method, name, value, status }) => {
    await using service = await startService();
    const body = method === 'PUT' ? { body: 'y' } : {};
    const got = await service.send({ method, path: '/documents/a', headers: { [name]: value }, ...body });
    expect(got.status).toBe(status);
  });
});

test('304 has the validators and no content', async () => {
  await using service = await startService();
  const put = await service.send({ method: 'PUT', path: '/documents/a', body: 'x' });
  const tag = String(put.headers.etag);
  const got = await service.send({ path: '/documents/a', headers: { 'if-none-match': tag } });
  expect(got).toMatchObject({
    status: 304,
    text: '',
    headers: { etag: tag, 'last-modified': put.headers['last-modified'] },
  });
  expect(got.headers).not.toHaveProperty('content-type');
});

test('304 and 412 are decided before the content is touched', async () => {
  let guarded = false;
  await using service = await startService({
    inlineMaxBytes: 0,
    contents: (real) => ({
      ...real,
      write: (...args) => (guarded ? untouchable(real) : real).write(...args),
      open: (...args) => (guarded ? untouchable(real) : real).open(...args),
    }),
  });
  const path = '/documents/large';
  const { headers } = await service.send({ method: 'PUT', path, body: Buffer.alloc(200_000) });
  guarded = true;
  const tag = String(headers.etag);
  expect((await service.send({ path, headers: { 'if-none-match': tag } })).status).toBe(304);
  expect((await service.send({ path, headers: { 'if-match': '"x"' } })).status).toBe(412);
  const refused = await service.send({
    method: 'PUT',
    path,
    headers: { 'if-none-match': '*' },
    body: Buffer.alloc(200_000),
  });
  expect(refused.status).toBe(412);
});

test('412 is decided again in the commit, when the document changes while its body comes', async () => {
  const early = Promise.withResolvers<void>();
  await using service = await startService({
    metadata: (real) => ({
      ...real,
      // Nothing but the early check of a conditional write reads a row here.
      read: (id) => real.read(id).finally(() => early.resolve()),
    }),
  });
  const path = '/documents/a';
  const { headers } = await service.send({ method: 'PUT', path, body: 'one' });
  const between = Promise.withResolvers<void>();
  const slow = Readable.from(
    (async function* () {
      yield 'sl';
      await between.promise;
      yield 'ow';
    })(),
  );
  const late = service.send({ method: 'PUT', path, headers: { 'if-match': String(headers.etag) }, body: slow });
  await early.promise;
  expect((await service.send({ method: 'PUT', path, body: 'two' })).status).toBe(204);
  between.resolve();
  expect((await late).status).toBe(412);
  expect((await service.send({ path })).text).toBe('two');
});

describe('If-Unmodified-Since', () => {
  const date = 'Sat, 29 Oct 1994 19:43:31 GMT';

  test.each(['PUT', 'DELETE'])(
    'refuses a %s, which would otherwise overwrite what it was to protect',
    async (method) => {
      await using service = await startService();
      await service.send({ method: 'PUT', path: '/documents/a', body: 'x' });
      const body = method === 'PUT' ? { body: 'y' } : {};
      const headers = { 'if-unmodified-since': date };
      const got = await service.send({ method, path: '/documents/a', headers, ...body });
      expect(got.status).toBe(400);
      expect(JSON.parse(got.text)).toMatchObject({ code: 'invalid-precondition' });
      expect((await service.send({ path: '/documents/a' })).text).toBe('x');
    },
  );

  test.each(['PUT', 'DELETE'])('counts for nothing beside If-Match: %s (RFC 9110 section 13.1.4)', async (method) => {
    await using service = await startService();
    const { headers: stored } = await service.send({ method: 'PUT', path: '/documents/a', body: 'x' });
    const headers = { 'if-unmodified-since': date, 'if-match': String(stored.etag) };
    const body = method === 'PUT' ? { body: 'y' } : {};
    expect((await service.send({ method, path: '/documents/a', headers, ...body })).status).toBe(204);
  });
});
