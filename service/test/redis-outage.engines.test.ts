import { describe, expect, inject, test } from 'vitest';
import { createTable } from './engine-worlds.ts';
import { exchange } from './http-client.ts';
import { startRedis, type RedisProcess } from './redis-process.ts';
import { startProcess, type ServiceProcess } from './service-process.ts';

async function startOn(redis: RedisProcess, table: string): Promise<ServiceProcess> {
  const { dynamodb, region, credentials } = inject('engines');
  return startProcess({
    STORAGE: 'aws',
    AWS_REGION: region,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    DYNAMODB_TABLE: table,
    REDIS_HOST: '127.0.0.1',
    REDIS_PORT: String(redis.port),
    DRAIN_SECONDS: '0',
  });
}

async function cacheState(service: ServiceProcess): Promise<unknown> {
  const { status, text } = await service.send({ path: '/health' });
  expect(status).toBe(200);
  return (JSON.parse(text) as { readonly cache: unknown }).cache;
}

const path = '/documents/a';

describe('a cache', { timeout: 120_000 }, () => {
  test.each([
    {
      outage: 'that hangs',
      begin: async (redis: RedisProcess) => redis.hang(),
      end: async (redis: RedisProcess) => redis.resume(),
    },
    {
      outage: 'that is killed',
      begin: (redis: RedisProcess) => redis.kill(),
      end: (redis: RedisProcess) => redis.start(),
    },
  ])(
    '$outage is said to be down within two seconds, and to be back within two, and nothing else changes',
    async ({ begin, end }) => {
      const { table } = await createTable();
      await using redis = await startRedis();
      await using service = await startOn(redis, table);
      await service.send({ method: 'PUT', path, body: 'before' });
      expect((await service.send({ path })).text).toBe('before');
      expect(await cacheState(service)).toBe('ok');

      await begin(redis);
      await expect.poll(() => cacheState(service), { timeout: 2000, interval: 20 }).toBe('down');
      expect((await service.send({ method: 'PUT', path, body: 'during' })).status).toBe(204);
      expect((await service.send({ path })).text).toBe('during');

      await end(redis);
      await expect.poll(() => cacheState(service), { timeout: 2000, interval: 20 }).toBe('ok');
      expect((await service.send({ path })).text).toBe('during');
      const hitsBefore = await hits(service);
      await expect
        .poll(async () => {
          expect((await service.send({ path })).text).toBe('during');
          return hits(service);
        })
        .toBeGreaterThan(hitsBefore);
    },
  );

  test('that hangs costs a read milliseconds, not seconds', async () => {
    const { table } = await createTable();
    await using redis = await startRedis();
    await using service = await startOn(redis, table);
    await service.send({ method: 'PUT', path, body: 'x' });
    redis.hang();
    await expect.poll(() => cacheState(service), { timeout: 5000 }).toBe('down');
    const before = (await cacheCalls(service)).get('read failed') ?? 0;
    for (let count = 0; count < 100; count += 1) expect((await service.send({ path })).status).toBe(200);
    // Each of those that were asked waited for its fifty milliseconds; all others were not asked.
    const asked = ((await cacheCalls(service)).get('read failed') ?? 0) - before;
    expect(asked).toBeLessThan(20);
  });

  test('that was missed by a write of one service is not believed by it before it has begun a new generation', async () => {
    const { table } = await createTable();
    await using redis = await startRedis();
    await using one = await startOn(redis, table);
    await using two = await startOn(redis, table);
    await one.send({ method: 'PUT', path, body: 'before' });
    expect((await two.send({ path })).text).toBe('before');
    redis.hang();
    expect((await one.send({ method: 'PUT', path, body: 'after' })).status).toBe(204);
    redis.resume();
    for (let count = 0; count < 20; count += 1) expect((await one.send({ path })).text).toBe('after');
    // The other one may serve what it finds until the first has begun the new generation, and no longer.
    await expect.poll(async () => (await two.send({ path })).text, { timeout: 3000 }).toBe('after');
    for (let count = 0; count < 20; count += 1) expect((await two.send({ path })).text).toBe('after');
  });

  test('that is not there from the beginning keeps nothing from working', async () => {
    const { table } = await createTable();
    await using redis = await startRedis();
    await redis.kill();
    await using service = await startOn(redis, table);
    expect(await cacheState(service)).toBe('down');
    expect((await service.send({ method: 'PUT', path, body: 'x' })).status).toBe(201);
    expect((await service.send({ path })).text).toBe('x');
    await redis.start();
    await expect.poll(() => cacheState(service), { timeout: 5000 }).toBe('ok');
  });
});

async function cacheCalls(service: ServiceProcess): Promise<ReadonlyMap<string, number>> {
  const { text } = await exchange(service.metricsPort, { path: '/metrics' });
  const found = text.matchAll(/^docservice_cache_calls_total{operation="(\w+)",outcome="(\w+)"} (\d+)$/gm);
  return new Map(
    [...found].map(([, operation, outcome, count]) => [`${operation ?? ''} ${outcome ?? ''}`, Number(count)]),
  );
}

async function hits(service: ServiceProcess): Promise<number> {
  return (await cacheCalls(service)).get('read hit') ?? 0;
}
