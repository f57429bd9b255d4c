import { describe, expect, test } from 'vitest';
import { startService } from '../test/service-world.ts';

describe('/health', () => {
  test.each([
    { storage: 'ok', cache: 'ok', status: 'healthy', code: 200 },
    { storage: 'ok', cache: 'disabled', status: 'healthy', code: 200 },
    { storage: 'ok', cache: 'down', status: 'degraded', code: 200 },
    { storage: 'down', cache: 'ok', status: 'unhealthy', code: 503 },
    { storage: 'down', cache: 'down', status: 'unhealthy', code: 503 },
    { storage: 'down', cache: 'disabled', status: 'unhealthy', code: 503 },
  ] as const)('storage $storage, cache $cache: $code $status', async ({ storage, cache, status, code }) => {
    await using service = await startService();
    Object.assign(service.standing, { storage, cache });
    const got = await service.send({ path: '/health' });
    expect(got.status).toBe(code);
    expect(got.text).toBe(JSON.stringify({ status, storage, cache }));
    expect(got.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
  });
});

test('/livez knows no dependency, not even the drain', async () => {
  await using service = await startService();
  Object.assign(service.standing, { storage: 'down', cache: 'down', ready: false, draining: true });
  expect((await service.send({ path: '/livez' })).status).toBe(200);
});

test('/readyz is 503 while the service is not ready, whatever its dependencies', async () => {
  await using service = await startService();
  Object.assign(service.standing, { storage: 'down', cache: 'down' });
  expect((await service.send({ path: '/readyz' })).status).toBe(200);
  service.standing.ready = false;
  expect((await service.send({ path: '/readyz' })).status).toBe(503);
});

test.each(['/health', '/livez', '/readyz'])('HEAD %s is the same without a body', async (path) => {
  await using service = await startService();
  const get = await service.send({ path });
  const head = await service.send({ method: 'HEAD', path });
  expect(head).toMatchObject({ status: get.status, text: '' });
});
