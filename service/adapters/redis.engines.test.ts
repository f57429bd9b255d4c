import { Redis } from 'ioredis';
import { inspect } from 'node:util';
import { afterEach, describe, expect, inject, test, vi } from 'vitest';
import { liveDocument, someId } from '../test/builders.ts';
import { documentCacheContract } from '../test/document-cache.contract.ts';
import { cacheConfig } from '../test/engine-worlds.ts';
import { createRedisCache, type RedisCache } from './redis-cache.ts';

/** These tests are about what is stored, not about time: a busy machine must not fail them. */
const patienceMs = 10_000;

const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function connected(config = cacheConfig(), nowMs = Date.now): Promise<RedisCache> {
  const cache = createRedisCache(config, nowMs, patienceMs);
  open.push(cache);
  await vi.waitFor(() => cache.generation(), { timeout: 5000 });
  return cache;
}

async function admin(): Promise<Redis> {
  const redis = new Redis(inject('engines').redis);
  open.push({ close: () => redis.disconnect() });
  return redis;
}

describe('a cache in Redis', () => {
  documentCacheContract(async () => {
    const cache = createRedisCache(cacheConfig(), Date.now, patienceMs);
    await vi.waitFor(() => cache.generation(), { timeout: 5000 });
    return { cache, pass: async () => undefined };
  });

  test('what two processes store, both read', async () => {
    const config = cacheConfig();
    const [one, two] = [await connected(config), await connected(config)];
    const id = someId();
    await one.store(id, { generation: 1, document: liveDocument('shared') }, 60_000);
    expect((await two.read(id)).entry).toEqual({ generation: 1, document: liveDocument('shared') });
  });

  test('an entry of another format is no entry, and is replaced', async () => {
    const config = cacheConfig();
    const [cache, redis, id] = [await connected(config), await admin(), someId()];
    await redis.set(`${config.keyPrefix}doc:${id}`, 'something else');
    expect((await cache.read(id)).entry).toBeUndefined();
    expect(await cache.store(id, { generation: 1, document: liveDocument('new') }, 60_000)).toBe(true);
  });

  test('a failure says what went wrong and nothing of the document that was being stored', async () => {
    const config = cacheConfig();
    const [cache, redis, id] = [await connected(config), await admin(), someId()];
    await redis.hset(`${config.keyPrefix}doc:${id}`, 'field', 'of another type');
    const storing = cache.store(id, { generation: 1, document: liveDocument('top secret') }, 60_000);
    const error: unknown = await storing.catch((failure: unknown) => failure);
    expect(error).toMatchObject({ name: 'CacheFailure', message: expect.stringContaining('WRONGTYPE') });
    const shown = inspect(error, { depth: Infinity, showHidden: true, maxArrayLength: Infinity });
    expect(shown).not.toMatch(/command|text\/plain|top secret/);
    expect(Object.keys(error as object)).toEqual(['name']);
  });

  test('a generation that was evicted does not come again', async () => {
    const config = cacheConfig();
    let nowMs = 1000;
    const [cache, redis] = [await connected(config, () => nowMs), await admin()];
    const first = await cache.renew();
    nowMs += 5;
    await redis.del(`${config.keyPrefix}generation`);
    const { generation } = await cache.read(someId());
    expect(generation).toBeGreaterThan(first);
    expect(await cache.generation()).toBe(generation);
  });

  test('a hundred reads at a time go over one connection', async () => {
    const config = cacheConfig();
    const cache = await connected(config);
    const ids = Array.from({ length: 100 }, someId);
    await Promise.all(ids.map((id) => cache.store(id, { generation: 1, document: liveDocument(id) }, 60_000)));
    const found = await Promise.all(ids.map((id) => cache.read(id)));
    expect(found.map(({ entry }) => entry?.document)).toEqual(ids.map((id) => liveDocument(id)));
  });
});
