import { describe, expect, test } from 'vitest';
import { collectionPath, hasReached, keyOf, objectPath } from './kube-object.ts';

const deployments = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' };
const services = { apiVersion: 'v1', kind: 'Service', plural: 'services' };

describe('paths', () => {
  test.each([
    { path: collectionPath(deployments), expected: '/apis/apps/v1/deployments' },
    { path: collectionPath(services, 'a'), expected: '/api/v1/namespaces/a/services' },
    { path: objectPath(deployments, 'a', 'b'), expected: '/apis/apps/v1/namespaces/a/deployments/b' },
    { path: objectPath(deployments, 'a', 'b', 'scale'), expected: '/apis/apps/v1/namespaces/a/deployments/b/scale' },
  ])('$expected', ({ path, expected }) => {
    expect(path).toBe(expected);
  });
});

test.each([
  { seen: '10', wanted: '9', reached: true, reason: 'numbers, not words' },
  { seen: '9', wanted: '10', reached: false, reason: 'numbers, not words' },
  { seen: '10', wanted: '10', reached: true, reason: 'the same is enough' },
  { seen: '18446744073709551615', wanted: '18446744073709551614', reached: true, reason: 'larger than a double holds' },
  {
    seen: '18446744073709551614',
    wanted: '18446744073709551615',
    reached: false,
    reason: 'larger than a double holds',
  },
])('resource version $seen against $wanted: $reason', ({ seen, wanted, reached }) => {
  expect(hasReached(seen, wanted)).toBe(reached);
});

test.each([
  { metadata: { name: 'a', namespace: 'b' }, key: 'b/a' },
  { metadata: { name: 'a' }, key: 'a' },
])('the key $key', ({ metadata, key }) => {
  expect(keyOf({ metadata: { uid: 'u', resourceVersion: '1', ...metadata } })).toBe(key);
});
