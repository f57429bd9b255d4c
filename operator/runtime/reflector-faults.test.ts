import { describe, expect, test } from 'vitest';
import { reflect } from '../test/reflecting.ts';
import { configMap, failure, json, line, list, reset, stream, type Handler } from '../test/scripted-api-server.ts';
import { until } from '../test/until.ts';

describe('a fault', () => {
  const faults: readonly { readonly name: string; readonly fault: Handler }[] = [
    { name: 'a reset before the answer', fault: reset },
    {
      name: 'a reset within a line',
      fault: stream((response) => response.write('{"type":"ADD', () => response.socket?.resetAndDestroy())),
    },
    { name: 'HTTP 500', fault: failure(500, 'InternalError') },
    { name: 'HTTP 503 from a proxy', fault: json(503, 'no upstream') },
    { name: 'HTTP 429', fault: failure(429, 'TooManyRequests') },
    { name: 'a line that is no JSON', fault: stream((response) => response.write('oops\n')) },
    { name: 'a watch that ends at once', fault: stream((response) => response.end()) },
  ];

  test.each(faults)('$name: the watch goes on where it was, after a pause', async ({ fault }) => {
    const world = await reflect(
      list('7', configMap('a', '1')),
      fault,
      stream((response) => response.write(line('ADDED', configMap('b', '9')))),
    );
    await world.request(2);
    expect(await world.nextTry()).toBe(800);
    await until('the event after the fault', () => world.names().length === 2);
    expect(world.server.requests.map(({ query }) => query.get('resourceVersion'))).toEqual([null, '7', '7']);
  });

  test.each([
    { name: 'HTTP 410', fault: failure(410, 'Expired') },
    {
      name: '410 within the stream',
      fault: stream((response) =>
        response.write(line('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' })),
      ),
    },
  ])('$name: it is listed again at once, and what was deleted meanwhile is told', async ({ fault }) => {
    const world = await reflect(
      list('7', configMap('a', '1'), configMap('b', '2')),
      fault,
      list('90', configMap('b', '2'), configMap('c', '80')),
      stream(),
    );
    await world.watching(4);
    expect(world.changes.slice(2)).toEqual(['deleted a listed', 'added c listed']);
    expect(world.names()).toEqual(['default/b', 'default/c']);
    expect(world.server.requests[3]?.query.get('resourceVersion')).toBe('90');
  });

  test('another error within the stream makes it list again, after a pause', async () => {
    const error = line('ERROR', { kind: 'Status', code: 500, reason: 'InternalError', message: 'etcd' });
    const world = await reflect(
      list('7'),
      stream((response) => response.write(error)),
      list('8', configMap('a', '8')),
      stream(),
    );
    await world.request(2);
    await world.nextTry();
    await world.watching(4);
    expect(world.names()).toEqual(['default/a']);
  });

  test('a list that fails is tried again, the pauses doubling to 30 seconds', async () => {
    const world = await reflect(failure(500, 'InternalError'));
    const pausesMs: number[] = [];
    for (let tries = 1; tries <= 8; tries += 1) {
      await world.request(tries);
      pausesMs.push(await world.nextTry());
    }
    expect(pausesMs).toEqual([800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
    expect(world.reflector.synced).toBe(false);
  });

  test('Retry-After is honoured where it is longer than the own pause', async () => {
    const world = await reflect(failure(429, 'TooManyRequests', { 'retry-after': '9' }), list('7'), stream());
    await world.request(1);
    expect(await world.nextTry()).toBe(9000);
    await world.watching(3);
  });

  test('a connection that is silent although nobody closed it is given up after 70 seconds', async () => {
    const world = await reflect(
      list('7'),
      stream(),
      stream((response) => response.write(line('ADDED', configMap('a', '8')))),
    );
    await world.watching(2);
    world.clock.advance(69_000);
    expect(world.server.requests).toHaveLength(2);
    world.clock.advance(1000);
    await until('the server sees the connection go', () => world.server.requests[1]?.response.destroyed);
    await world.nextTry();
    await until('the event of the next watch', () => world.names().length === 1);
  });

  test('a bookmark is a sign of life: the 70 seconds begin again', async () => {
    const world = await reflect(list('7'), stream());
    await world.watching(2);
    world.clock.advance(60_000);
    world.server.requests[1]?.response.write(line('BOOKMARK', { metadata: { resourceVersion: '9' } }));
    await until('the bookmark', () => world.cache.hasSeen('9'));
    expect(world.reflector.ageMs).toBe(0);
    world.clock.advance(69_000);
    expect(world.server.open).toHaveLength(1);
  });

  test('pauses are short again after a watch that lasted a minute', async () => {
    const world = await reflect(
      failure(500, 'InternalError'),
      failure(500, 'InternalError'),
      list('7'),
      stream(),
      stream(),
    );
    await world.request(1);
    await world.nextTry();
    await world.request(2);
    expect(await world.nextTry()).toBe(1600);
    await world.watching(4);
    world.clock.advance(60_000);
    world.server.requests[3]?.response.socket?.resetAndDestroy();
    await until('a pause of the first length', () => world.clock.pendingMs[0] === 800);
  });
});
