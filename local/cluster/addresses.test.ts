import { describe, expect, test } from 'vitest';
import { clusterAddresses, overlaps } from './addresses.ts';

test('each part has its address in the network of the cluster', () => {
  const addresses = clusterAddresses(89, 3);
  expect(addresses).toMatchObject({ subnet: '10.89.0.0/24', host: '10.89.0.1', control: '10.89.0.2' });
  expect(['load-balancer', 'dynamodb', 's3', 'aws', 'redis'].map(addresses.standIn)).toEqual([
    '10.89.0.3',
    '10.89.0.4',
    '10.89.0.5',
    '10.89.0.6',
    '10.89.0.7',
  ]);
  expect(addresses.nodes).toEqual([
    { name: 'node1', address: '10.89.0.11', podSubnet: '10.244.1.0/24' },
    { name: 'node2', address: '10.89.0.12', podSubnet: '10.244.2.0/24' },
    { name: 'node3', address: '10.89.0.13', podSubnet: '10.244.3.0/24' },
  ]);
});

test('a stand-in without an address is refused with the names of those that have one', () => {
  expect(() => clusterAddresses(89, 2).standIn('kafka')).toThrow(/'kafka'.*load-balancer, dynamodb, s3, aws, redis/);
});

test.each([
  { index: 96, nodes: 2, reason: 'the range of Services' },
  { index: 244, nodes: 2, reason: 'the range of pods' },
  { index: 256, nodes: 2, reason: 'not an octet' },
  { index: 1.5, nodes: 2, reason: 'not a number of a network' },
  { index: 89, nodes: 1, reason: 'a cluster of one node shows nothing about losing one' },
  { index: 89, nodes: 201, reason: 'more than the network holds' },
])('index $index with $nodes nodes is refused: $reason', ({ index, nodes }) => {
  expect(() => clusterAddresses(index, nodes)).toThrow(/^(subnet index|\d+ nodes)/);
});

describe('networks overlap', () => {
  test.each([
    { one: '10.89.0.0/24', other: '10.89.0.0/24', expected: true, reason: 'the same' },
    { one: '10.0.0.0/8', other: '10.89.0.0/24', expected: true, reason: 'one in the other, as with many a VPN' },
    { one: '10.89.0.7', other: '10.89.0.0/24', expected: true, reason: 'a route to one host' },
    { one: '0.0.0.0/0', other: '10.89.0.0/24', expected: true, reason: 'everything' },
    { one: '10.89.1.0/24', other: '10.89.0.0/24', expected: false, reason: 'neighbours' },
    { one: '172.17.0.0/16', other: '10.89.0.0/24', expected: false, reason: "Docker's" },
    { one: '10.89.0.128/25', other: '10.89.0.0/25', expected: false, reason: 'two halves' },
  ])('$one and $other: $expected ($reason)', ({ one, other, expected }) => {
    expect(overlaps(one, other)).toBe(expected);
    expect(overlaps(other, one)).toBe(expected);
  });
});
