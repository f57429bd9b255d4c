import { describe, expect, test } from 'vitest';
import { reflect } from '../test/reflecting.ts';
import { configMap, failure, json, line, list, stream } from '../test/scripted-api-server.ts';
import { until } from '../test/until.ts';

describe('a healthy collection', () => {
  test('is listed in pages of 500, consistently, and then watched with bookmarks for 5 to 10 minutes', async () => {
    const world = await reflect(
      json(200, { metadata: { resourceVersion: '7', continue: 'more' }, items: [configMap('a', '1')] }),
      list('7', configMap('b', '2')),
      stream(),
    );
    await world.watching(3);
    expect(world.names()).toEqual(['default/a', 'default/b']);
    expect(world.reflector.synced).toBe(true);
    const [first, second, watch] = world.server.requests.map(({ path, query }) => ({
      path,
      query: Object.fromEntries(query),
    }));
    expect(first).toEqual({ path: '/api/v1/configmaps', query: { limit: '500', labelSelector: 'a=b' } });
    expect(second).toEqual({
      path: '/api/v1/configmaps',
      query: { limit: '500', labelSelector: 'a=b', continue: 'more' },
    });
    expect(watch?.query).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '7',
      timeoutSeconds: '300',
      labelSelector: 'a=b',
    });
  });

  test('is followed event by event', async () => {
    const world = await reflect(
      list('7', configMap('a', '1'), configMap('b', '2')),
      stream((response) => {
        response.write(line('MODIFIED', configMap('a', '8')));
        response.write(line('ADDED', configMap('c', '9')));
        response.write(line('DELETED', configMap('b', '10')));
      }),
    );
    await until('three events', () => world.changes.length === 5);
    expect(world.changes.slice(2)).toEqual(['modified a watched', 'added c watched', 'deleted b watched']);
    expect(world.names()).toEqual(['default/a', 'default/c']);
    expect(world.cache.hasSeen('10')).toBe(true);
  });

  test('is watched on from the last bookmark when the server ends the watch', async () => {
    const world = await reflect(
      list('7'),
      stream((response) => response.end(line('BOOKMARK', { metadata: { resourceVersion: '40' } }))),
      stream(),
    );
    await world.watching(3);
    expect(world.server.requests[2]?.query.get('resourceVersion')).toBe('40');
    expect(world.changes).toEqual([]);
  });

  test('arrives whole however its bytes are cut', async () => {
    const bytes = Buffer.from(
      line('ADDED', { metadata: { name: 'ö€😀', namespace: 'default', uid: 'u', resourceVersion: '8' } }),
    );
    let sent = 0;
    const world = await reflect(
      list('7'),
      stream((response) => {
        response.socket?.setNoDelay(true);
        const sendNext = (): void => {
          if (sent >= bytes.length) return;
          response.write(bytes.subarray(sent, (sent += 1)), sendNext);
        };
        sendNext();
      }),
    );
    await until('the event', () => world.changes.length > 0);
    expect(world.names()).toEqual(['default/ö€😀']);
  });
});

describe('stop', () => {
  test('is final while watching: the connection goes and nothing is told any more', async () => {
    const world = await reflect(list('7'), stream());
    await world.watching(2);
    world.stop();
    await world.ended;
    await until('the server sees the connection go', () => world.server.open.length === 0);
    expect(world.clock.pendingMs).toEqual([]);
    expect(world.changes).toEqual([]);
  });

  test('is final while it pauses: no request follows', async () => {
    const world = await reflect(failure(500, 'InternalError'));
    await until('the pause', () => world.clock.pendingMs.length > 0);
    world.stop();
    await world.ended;
    world.clock.advance(600_000);
    expect(world.server.requests).toHaveLength(1);
  });

  test('is final while a list is under way: its answer changes nothing', async () => {
    const world = await reflect(() => undefined);
    const { response } = await world.request(1);
    world.stop();
    await world.ended;
    response.end(JSON.stringify({ metadata: { resourceVersion: '7' }, items: [configMap('a', '1')] }));
    expect(world.cache.size).toBe(0);
    expect(world.changes).toEqual([]);
  });
});

test('no list is ever asked of the API server’s own cache (resourceVersion=0)', async () => {
  const world = await reflect(list('7'), failure(410, 'Expired'), failure(500, 'InternalError'), list('8'), stream());
  await world.request(3);
  await world.nextTry();
  await world.watching(5);
  expect(world.server.requests.filter(({ query }) => query.get('resourceVersion') === '0')).toEqual([]);
});
