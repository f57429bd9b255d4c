import { expect, test } from 'vitest';
import { clusterAddresses } from '../addresses.ts';
import { clusterNames } from './names.ts';
import { memberBatches, switchBatches, unplugBatch } from './network.ts';

const names = clusterNames('a');
const addresses = clusterAddresses(89, 2);
const linesIn = (part: string, address: string, namespace: string) =>
  memberBatches(names, addresses, { part, address })
    .filter((batch) => batch.namespace === namespace)
    .flatMap(({ lines }) => lines);

test('in the namespace of the host there is one interface, and no bridge for its firewall to filter', () => {
  const onHost = switchBatches(names, addresses)
    .filter(({ namespace }) => namespace === undefined)
    .flatMap(({ lines }) => lines);
  expect(onHost.filter((line) => line.startsWith('link add'))).toEqual([
    'link add ds-a type veth peer name host netns ds-a-switch',
  ]);
});

test('a node has routes to the pods of others and to Services, and none to the world', () => {
  expect(linesIn('node1', '10.89.0.11', 'ds-a-node1').filter((line) => line.startsWith('route'))).toEqual([
    'route add 10.244.2.0/24 via 10.89.0.12',
    'route add 10.96.0.0/16 dev eth0',
  ]);
});

test('a stand-in answers to pods of every node, and has no business with Services', () => {
  expect(linesIn('redis', '10.89.0.7', 'ds-a-redis').filter((line) => line.startsWith('route'))).toEqual([
    'route add 10.244.1.0/24 via 10.89.0.11',
    'route add 10.244.2.0/24 via 10.89.0.12',
  ]);
});

test('the cable that is pulled is the one that was plugged in', () => {
  const [cable] = memberBatches(names, addresses, { part: 'node1', address: '10.89.0.11' });
  expect(cable?.lines).toContain('link add eth0 netns ds-a-node1 type veth peer name node1 netns ds-a-switch');
  expect(unplugBatch(names, 'node1')).toEqual({ namespace: 'ds-a-switch', lines: ['link delete node1'] });
});

test('a part whose name is too long for a port of the bridge is refused', () => {
  expect(() => unplugBatch(names, 'a-very-long-name')).toThrow('15 characters');
});
