import { describe, expect, test } from 'vitest';
import { startService } from '../test/service-world.ts';

describe('an id goes through a real connection as it is', () => {
  test.each([
    { path: '/documents/a%2Fb', same: ['/documents/a%2fb', '/documents/%61%2F%62'], other: '/documents/a%252Fb' },
    { path: '/documents/%2525', same: ['/documents/%25%32%35'], other: '/documents/%25' },
    { path: '/documents/a%3Fb%23c', same: [], other: '/documents/a?b#c' },
    { path: '/documents/a;b', same: ['/documents/a%3Bb'], other: '/documents/a' },
    { path: '/documents/a+b', same: ['/documents/a%2Bb'], other: '/documents/a%20b' },
    { path: '/documents/*', same: ['/documents/%2A'], other: '/documents/x' },
    { path: '/documents/:id', same: ['/documents/%3Aid'], other: '/documents/id' },
    { path: '/documents/A', same: ['/documents/%41'], other: '/documents/a' },
    { path: '/documents/%2F', same: ['/documents/%2f'], other: '/documents/%2F%2F' },
    { path: '/documents/__proto__', same: [], other: '/documents/constructor' },
    { path: '/documents/%E2%82%AC', same: ['/documents/%e2%82%ac'], other: '/documents/EUR' },
  ])('$path', async ({ path, same, other }) => {
    await using service = await startService();
    expect((await service.send({ method: 'PUT', path, body: 'x' })).status).toBe(201);
    for (const also of [path, ...same]) expect((await service.send({ path: also })).status).toBe(200);
    expect((await service.send({ path: other })).status).toBe(404);
  });

  test('512 bytes, each of them percent-encoded, are 1536 characters', async () => {
    await using service = await startService();
    const path = `/documents/${'%C3%A9'.repeat(256)}`;
    const put = await service.send({ method: 'PUT', path, body: 'x' });
    expect(put).toMatchObject({ status: 201, headers: { location: path } });
    expect((await service.send({ path })).text).toBe('x');
  });
});

describe('what is no id is refused with the rule', () => {
  test.each([
    { path: '/documents/', says: 'at least one byte' },
    { path: '/documents/a/b', says: 'has to be written %2F' },
    { path: '/documents/a/', says: 'has to be written %2F' },
    { path: '/documents/..', says: 'resolve them away' },
    { path: '/documents/%2e', says: 'resolve them away' },
    { path: '/documents/a%00b', says: 'no control characters' },
    { path: '/documents/%FF', says: 'percent-encoded UTF-8' },
    { path: '/documents/%zz', says: 'percent-encoded UTF-8' },
    { path: '/documents/50%', says: 'percent-encoded UTF-8' },
    { path: `/documents/${'a'.repeat(513)}`, says: 'at most 512 bytes' },
    { path: `/documents/${'%61'.repeat(5000)}`, says: 'at most 512 bytes' },
  ])('$says', async ({ path, says }) => {
    await using service = await startService();
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const got = await service.send({ method, path });
      expect(got.status).toBe(400);
      expect(JSON.parse(got.text)).toMatchObject({ code: 'invalid-id', detail: expect.stringContaining(says) });
    }
  });
});
