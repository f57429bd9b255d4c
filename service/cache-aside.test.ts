import { describe, expect, test } from 'vitest';
import { createMemoryCache } from './adapters/memory-cache.ts';
import { createCacheAside, maxCachedBodyBytes, type CacheAside } from './cache-aside.ts';
import type { Document } from './document.ts';
import type { DocumentCache } from './stores.ts';
import { liveDocument, someId } from './test/builders.ts';

/** One shared cache with several processes in front of it, each of which can be cut off from it. */
function world() {
  let nowMs = 0;
  const shared = createMemoryCache(() => nowMs);

  function join() {
    let cut = false;
    let failing = 0;
    let asked = 0;
    const calls: string[] = [];
    async function reached<T>(call: () => Promise<T>): Promise<T> {
      asked += 1;
      const fails = cut || failing > 0;
      failing = 0;
      if (fails) throw new Error('cut off');
      return call();
    }
    const cache: DocumentCache = {
      read: (id) => reached(() => shared.read(id)),
      store: (id, entry, ttlMs) => reached(() => shared.store(id, entry, ttlMs)),
      generation: () => reached(() => shared.generation()),
      renew: () => reached(() => shared.renew()),
    };
    const aside = createCacheAside(cache, {
      ttlMs: 1000,
      nowMs: () => nowMs,
      random: () => 0.5,
      onCall: (operation, outcome) => calls.push(`${operation} ${outcome}`),
      onBreaker: (state) => calls.push(`breaker ${state}`),
      onTrust: (trusted) => calls.push(trusted ? 'trusted' : 'not trusted'),
    });
    return {
      aside,
      calls,
      cutOff: (value: boolean) => (cut = value),
      failOnce: () => (failing = 1),
      asked: () => asked,
    };
  }

  return { join, shared, pass: (ms: number) => (nowMs += ms) };
}

async function found(aside: CacheAside, id: ReturnType<typeof someId>): Promise<Document | undefined> {
  return (await aside.find(id)).document;
}

const version = (number: number) => liveDocument(`version ${number}`, { version: number });

describe('reading', () => {
  test('what one process offers after a miss, another finds', async () => {
    const { join } = world();
    const [one, two, id] = [join(), join(), someId()];
    const { document, offer } = await one.aside.find(id);
    expect(document).toBeUndefined();
    offer(version(1));
    await expect.poll(() => found(two.aside, id)).toEqual(version(1));
    expect(one.calls).toEqual(['read miss', 'fill ok']);
    expect(two.calls.at(-1)).toBe('read hit');
  });

  test('what is offered late does not replace what is newer', async () => {
    const { join } = world();
    const { aside, calls } = join();
    const id = someId();
    await aside.probe();
    const slow = await aside.find(id);
    await aside.writing(id)(version(2));
    slow.offer(version(1));
    await expect.poll(() => calls).toContain('fill refused');
    expect(await found(aside, id)).toEqual(version(2));
  });

  test('what is offered under an older generation is not believed', async () => {
    const { join, shared } = world();
    const { aside, calls } = join();
    const id = someId();
    const slow = await aside.find(id);
    await shared.renew();
    slow.offer(version(1));
    await expect.poll(() => calls).toContain('fill ok');
    expect(await found(aside, id)).toBeUndefined();
  });

  test('an entry ends with its time', async () => {
    const { join, pass } = world();
    const { aside } = join();
    const id = someId();
    await aside.probe();
    await aside.writing(id)(version(1));
    pass(999);
    expect(await found(aside, id)).toEqual(version(1));
    pass(1);
    expect(await found(aside, id)).toBeUndefined();
  });

  test('a large body is left out, the rest is kept', async () => {
    const { join } = world();
    const { aside } = join();
    const id = someId();
    await aside.probe();
    const { body: large, ...rest } = liveDocument('x'.repeat(maxCachedBodyBytes + 1));
    await aside.writing(id)({ ...rest, body: large ?? Buffer.alloc(0) });
    expect(await found(aside, id)).toEqual(rest);
  });
});

describe('a cache that fails', () => {
  test('is a miss, and after five failures it is not even asked, until a second has passed', async () => {
    const { join, pass } = world();
    const { aside, calls, cutOff, asked } = join();
    cutOff(true);
    for (let count = 0; count < 8; count += 1) expect(await found(aside, someId())).toBeUndefined();
    expect(asked()).toBe(5);
    expect(calls.filter((call) => call === 'read failed')).toHaveLength(5);
    expect(calls.filter((call) => call === 'breaker open')).toHaveLength(1);
    pass(1000);
    await found(aside, someId());
    expect(asked()).toBe(6);
  });

  test('is asked by the probe in any case, and used again when that is answered', async () => {
    const { join } = world();
    const { aside, cutOff, calls } = join();
    cutOff(true);
    for (let count = 0; count < 5; count += 1) await expect(aside.probe()).rejects.toThrow('cut off');
    cutOff(false);
    await aside.probe();
    expect(calls.slice(-3)).toEqual(['breaker open', 'probe ok', 'breaker closed']);
    await found(aside, someId());
    expect(calls.at(-1)).toBe('read miss');
  });

  test('makes no offer fail, and none is waited for', async () => {
    const { join } = world();
    const { aside, cutOff, calls } = join();
    const lookup = await aside.find(someId());
    cutOff(true);
    lookup.offer(version(1));
    await expect.poll(() => calls).toContain('fill failed');
  });
});

describe('a write that the cache is not told of', () => {
  test('makes its process go round the cache until it has begun a new generation', async () => {
    const { join } = world();
    const { aside, cutOff, calls } = join();
    const id = someId();
    await aside.probe();
    await aside.writing(id)(version(1));
    cutOff(true);
    await aside.writing(id)(version(2));
    cutOff(false);
    expect(await found(aside, id)).toBeUndefined();
    expect(calls.slice(-4)).toEqual(['publish failed', 'not trusted', 'renew failed', 'read skipped']);
    await aside.probe();
    expect(await found(aside, id)).toBeUndefined();
    expect(calls.slice(-3)).toEqual(['trusted', 'renew ok', 'read miss']);
  });

  test('is never served from before by anyone, once the new generation has begun', async () => {
    const { join } = world();
    const [one, two, id] = [join(), join(), someId()];
    await one.aside.probe();
    await one.aside.writing(id)(version(1));
    one.cutOff(true);
    await one.aside.writing(id)(version(2));
    one.cutOff(false);
    await one.aside.probe();
    expect(await found(two.aside, id)).toBeUndefined();
  });

  test('is the same when nobody knows how the write ended', async () => {
    const { join } = world();
    const { aside } = join();
    const id = someId();
    await aside.probe();
    await aside.writing(id)(version(1));
    await aside.writing(id)(undefined);
    expect(await found(aside, id)).toBeUndefined();
  });

  test('is the same when the cache was never reached before it', async () => {
    const { join } = world();
    const { aside, calls } = join();
    await aside.writing(someId())(version(1));
    expect(calls).toEqual(['publish skipped', 'not trusted', 'trusted', 'renew ok']);
  });

  test('ends what others find before the writer has its answer, where the cache was only slow', async () => {
    const { join } = world();
    const [one, two, id] = [join(), join(), someId()];
    await one.aside.probe();
    await one.aside.writing(id)(version(1));
    one.failOnce();
    await one.aside.writing(id)(version(2));
    expect(one.calls.slice(-4)).toEqual(['publish failed', 'not trusted', 'trusted', 'renew ok']);
    expect(await found(two.aside, id)).toBeUndefined();
  });

  test('is made up for by no generation that was begun before it', async () => {
    const { join, shared } = world();
    const { aside, cutOff } = join();
    const id = someId();
    await aside.probe();
    await aside.writing(id)(version(1));
    cutOff(true);
    await aside.writing(id)(version(2));
    cutOff(false);
    const renewing = aside.probe();
    cutOff(true);
    await aside.writing(id)(version(3));
    await renewing;
    expect(await shared.generation()).toBe(2);
    cutOff(false);
    expect(await found(aside, id)).toBeUndefined();
    await aside.probe();
    expect(await shared.generation()).toBe(3);
  });
});

test('a write that began before another process renewed the cache does not put anything into the new generation', async () => {
  const { join, shared } = world();
  const { aside } = join();
  const id = someId();
  await aside.probe();
  const tell = aside.writing(id);
  await shared.renew();
  await tell(version(1));
  expect(await found(aside, id)).toBeUndefined();
});
