import { expect, test } from 'vitest';
import { clusterAddresses } from '../addresses.ts';
import { nodeFiles } from './node-settings.ts';

const [node] = clusterAddresses(89, 2).nodes;
if (node === undefined) throw new Error('no node');
const files = nodeFiles({
  node,
  folder: '/state/a/node1',
  logs: '/logs/a/node1',
  cgroup: 'ds-a-node1',
  snapshotter: 'overlayfs',
});
const parsed = (name: string) => JSON.parse(files[name] ?? '') as Record<string, unknown>;

test('kubelet takes control groups of version 1, below the root that was made for the node', () => {
  expect(parsed('kubelet.json')).toMatchObject({
    failCgroupV1: false,
    cgroupRoot: '/ds-a-node1',
    cgroupDriver: 'cgroupfs',
  });
});

test('kubelet speaks up four times before its node counts as lost after eight seconds', () => {
  expect(parsed('kubelet.json')).toMatchObject({ nodeStatusUpdateFrequency: '2s', nodeLeaseDurationSeconds: 8 });
});

test('kubelet listens on the address of its node only, and to nobody without a name', () => {
  expect(parsed('kubelet.json')).toMatchObject({
    address: '10.89.0.11',
    authentication: { anonymous: { enabled: false } },
    authorization: { mode: 'Webhook' },
  });
});

test('a full disk of the host evicts no pod and drops no image, since images cannot be pulled again', () => {
  expect(parsed('kubelet.json')).toMatchObject({
    imageGCHighThresholdPercent: 100,
    evictionHard: { 'nodefs.available': '0%', 'imagefs.available': '0%' },
  });
});

test('kube-proxy leaves the connection tracking of the host alone', () => {
  expect(parsed('kube-proxy.json')).toMatchObject({ conntrack: { maxPerCore: 0, min: 0 } });
});

test('pods are joined by routing, not by a bridge, and keep their addresses on the way out', () => {
  const [plugin] = parsed('cni/10-pods.conflist')['plugins'] as readonly Record<string, unknown>[];
  expect(plugin).toMatchObject({ type: 'ptp', ipMasq: false, ipam: { ranges: [[{ subnet: '10.244.1.0/24' }]] } });
});

test('containerd keeps images on disk for the next boot of the node, and running state in memory', () => {
  const toml = files['containerd.toml'];
  expect(toml).toContain('root = "/state/a/node1/containerd"');
  expect(toml).toContain('state = "/run/containerd"');
  expect(toml).toContain('sandbox_image = "localhost/pause:1"');
});
