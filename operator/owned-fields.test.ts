import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ownedDifferences } from './owned-fields.ts';

const container = (fields: object) => ({ containers: [{ name: 'c', ...fields }] });

describe('no difference is', () => {
  test.each([
    { reason: 'a field that others have added', desired: { a: 1 }, live: { a: 1, b: 2 } },
    {
      reason: 'a container that others have added',
      desired: container({ image: 'x' }),
      live: { containers: [{ name: 'sidecar' }, { name: 'c', image: 'x' }] },
    },
    {
      reason: 'a default of the API server',
      desired: container({}),
      live: container({ terminationMessagePath: '/dev/termination-log' }),
    },
    {
      reason: 'a variable that others have added',
      desired: container({ env: [{ name: 'A' }] }),
      live: container({ env: [{ name: 'B' }, { name: 'A' }] }),
    },
    {
      reason: 'an empty string that is left out',
      desired: { env: [{ name: 'A', value: '' }] },
      live: { env: [{ name: 'A' }] },
    },
    { reason: 'a null that is left out', desired: { affinity: { podAffinity: null } }, live: { affinity: {} } },
    { reason: 'an empty list that is left out', desired: { terms: [] }, live: {} },
    { reason: 'an empty object that is left out', desired: { selector: { matchLabels: {} } }, live: {} },
    {
      reason: 'a quantity in another spelling',
      desired: { resources: { requests: { cpu: '1000m' } } },
      live: { resources: { requests: { cpu: '1' } } },
    },
    {
      reason: 'a quantity of a resource with a dotted name',
      desired: { resources: { limits: { 'example.com/gpu': 1 } } },
      live: { resources: { limits: { 'example.com/gpu': '1' } } },
    },
    {
      reason: 'another owner',
      desired: { ownerReferences: [{ uid: 'a' }] },
      live: { ownerReferences: [{ uid: 'b' }, { uid: 'a' }] },
    },
    {
      reason: 'the node port that Kubernetes chose',
      desired: { ports: [{ port: 80, protocol: 'TCP' }] },
      live: { ports: [{ port: 80, protocol: 'TCP', nodePort: 30_001 }] },
    },
  ])('$reason', ({ desired, live }) => {
    expect(ownedDifferences(desired, live)).toEqual([]);
  });
});

describe('a difference is', () => {
  test.each([
    { reason: 'another value', desired: { a: { b: 1 } }, live: { a: { b: 2 } }, path: 'a.b' },
    {
      reason: 'a field that was removed',
      desired: { labels: { 'app.kubernetes.io/name': 'x' } },
      live: { labels: {} },
      path: 'labels.app.kubernetes.io/name',
    },
    {
      reason: 'a false that was removed, since its absence means true',
      desired: { automount: false },
      live: {},
      path: 'automount',
    },
    { reason: 'a zero that was removed', desired: { maxUnavailable: 0 }, live: {}, path: 'maxUnavailable' },
    { reason: 'a container that was removed', desired: container({}), live: { containers: [] }, path: 'containers[c]' },
    {
      reason: 'a field within a container',
      desired: container({ image: 'x' }),
      live: container({ image: 'y' }),
      path: 'containers[c].image',
    },
    {
      reason: 'a port within a container',
      desired: { ports: [{ containerPort: 1, protocol: 'TCP', name: 'a' }] },
      live: { ports: [{ containerPort: 1, protocol: 'TCP', name: 'b' }] },
      path: 'ports[1].name',
    },
    {
      reason: 'a longer list that is one value',
      desired: { tolerations: [{ key: 'a' }] },
      live: { tolerations: [{ key: 'a' }, { key: 'b' }] },
      path: 'tolerations',
    },
    {
      reason: 'another order of a list that is one value',
      desired: { args: ['a', 'b'] },
      live: { args: ['c', 'b'] },
      path: 'args[0]',
    },
    {
      reason: 'another amount',
      desired: { resources: { limits: { memory: '1Gi' } } },
      live: { resources: { limits: { memory: '1G' } } },
      path: 'resources.limits.memory',
    },
    {
      reason: 'a label that is called like a method of every object',
      desired: { labels: { constructor: 'x' } },
      live: { labels: {} },
      path: 'labels.constructor',
    },
    {
      reason: 'a list that is called like one',
      desired: JSON.parse('{"toString":["a"]}') as object,
      live: JSON.parse('{"toString":["b"]}') as object,
      path: 'toString[0]',
    },
    { reason: 'another kind of value', desired: { a: { b: 1 } }, live: { a: 'text' }, path: 'a' },
    { reason: 'an amount in a field that is none', desired: { name: '1000m' }, live: { name: '1' }, path: 'name' },
  ])('$reason', ({ desired, live, path }) => {
    expect(ownedDifferences(desired, live).map((difference) => difference.path)).toEqual([path]);
  });
});

const json = fc.jsonValue({ maxDepth: 4 });

test('nothing differs from itself', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(ownedDifferences(value, structuredClone(value))).toEqual([]);
    }),
  );
});

test('whatever others add to the objects of a tree makes no difference', () => {
  const grown = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(grown);
    if (typeof value !== 'object' || value === null) return value;
    return {
      ...Object.fromEntries(Object.entries(value).map(([name, child]) => [name, grown(child)])),
      added: 'by somebody',
    };
  };
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[b-z]{1,5}$/), json), (value) => {
      fc.pre(!JSON.stringify(value).includes('"added"'));
      expect(ownedDifferences(value, grown(structuredClone(value)))).toEqual([]);
    }),
  );
});
