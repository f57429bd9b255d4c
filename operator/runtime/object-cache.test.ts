import { describe, expect, test } from 'vitest';
import { ObjectCache } from './object-cache.ts';
import { PendingWrites } from './pending-writes.ts';

const object = (name: string, resourceVersion: string, ...owners: string[]) => ({
  metadata: {
    name,
    namespace: 'default',
    uid: `uid-${name}`,
    resourceVersion,
    ownerReferences: owners.map((uid) => ({ apiVersion: 'v1', kind: 'Owner', name: uid, uid })),
  },
});

describe('a cache', () => {
  test('finds objects by owner, also after the owner has changed or the object has gone', () => {
    const cache = new ObjectCache();
    cache.put(object('a', '1', 'x'));
    cache.put(object('b', '2', 'x', 'y'));
    const owned = (uid: string) => cache.ownedBy(uid).map(({ metadata }) => metadata.name);
    expect([owned('x'), owned('y'), owned('z')]).toEqual([['a', 'b'], ['b'], []]);
    cache.put(object('a', '3', 'z'));
    cache.remove('default/b');
    expect([owned('x'), owned('y'), owned('z')]).toEqual([[], [], ['a']]);
    expect(cache.size).toBe(1);
  });
});

describe('own writes', () => {
  test('hold a key back until the cache has seen them, each kind for itself', () => {
    const writes = new PendingWrites();
    const [deployments, services] = [new ObjectCache(), new ObjectCache()];
    writes.note('default/a', deployments, object('a', '10'));
    writes.note('default/a', services, object('a', '12'));
    expect([writes.isBehind('default/a'), writes.isBehind('default/b')]).toEqual([true, false]);
    deployments.advanceTo('11');
    expect(writes.isBehind('default/a')).toBe(true);
    services.advanceTo('12');
    expect(writes.isBehind('default/a')).toBe(false);
  });

  test('count by the last one of a kind', () => {
    const writes = new PendingWrites();
    const cache = new ObjectCache();
    writes.note('k', cache, object('a', '9'));
    writes.note('k', cache, object('a', '10'));
    cache.advanceTo('9');
    expect(writes.isBehind('k')).toBe(true);
    cache.advanceTo('10');
    expect(writes.isBehind('k')).toBe(false);
  });

  test('of a resource that is gone are forgotten', () => {
    const writes = new PendingWrites();
    writes.note('k', new ObjectCache(), object('a', '9'));
    writes.forget('k');
    expect(writes.isBehind('k')).toBe(false);
  });
});
