import { describe, expect, test } from 'vitest';
import { clusterFolders, clusterNames, isMountOf } from './names.ts';

describe('names on the host', () => {
  test('everything carries the name of the cluster', () => {
    const names = clusterNames('local');
    const all = [names.hostLink, names.switchNamespace, names.controlNamespace, names.of('node1')];
    expect(all).toEqual(['ds-local', 'ds-local-switch', 'ds-local-control', 'ds-local-node1']);
    expect(all.slice(1).every(names.isOurs)).toBe(true);
  });

  test.each([
    { other: 'ds-loca-node1', reason: 'a shorter name' },
    { other: 'ds-local2-node1', reason: 'a longer name' },
    { other: 'local-node1', reason: 'somebody else, who calls things local too' },
    { other: 'ds-local', reason: 'the interface, which is found otherwise' },
  ])('$other is not ours: $reason', ({ other }) => {
    expect(clusterNames('local').isOurs(other)).toBe(false);
  });

  test.each([
    { name: '', reason: 'empty' },
    { name: 'two-parts', reason: 'a hyphen would make one the start of another' },
    {
      name: 'twelveletter',
      reason: 'the interface ds-NAME would have more than 15 characters, at 12 no room is left to grow',
    },
    { name: 'Local', reason: 'capitals' },
    { name: '1st', reason: 'starts with a digit' },
    { name: '../x', reason: 'a path' },
  ])("'$name' is refused: $reason", ({ name }) => {
    expect(() => clusterNames(name)).toThrow('small letters and digits');
  });
});

test('mounts of a cluster are its namespaces and what is in its folder', () => {
  const isOurs = (mountPoint: string) => isMountOf(clusterNames('a'), '/state/a', mountPoint);
  expect(['/run/netns/ds-a-node1', '/state/a', '/state/a/node1/root'].map(isOurs)).toEqual([true, true, true]);
  expect(['/run/netns/ds-ab-node1', '/state/ab', '/state', '/'].map(isOurs)).toEqual([false, false, false, false]);
});

test('logs are not in the folder that is removed with the cluster', () => {
  const folders = clusterFolders('/state', 'a', '/logs/a');
  expect(folders.cluster).toBe('/state/a');
  expect(folders.logs).toBe('/logs/a');
});
