import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { requiredVersion } from '../../toolchain/go-program.ts';
import { nodeMonitorGraceSeconds } from '../control-plane.ts';
import { isNewEnough, KIND_VERSION } from './kind-program.ts';

/** The parts of kind's configuration (kind.x-k8s.io/v1alpha4) and of kubeadm's that are looked at here. */
interface KindConfig {
  readonly nodes: readonly { readonly role: string; readonly image: string }[];
  readonly kubeadmConfigPatches: readonly string[];
}
interface KubeadmPatch {
  readonly kind: string;
  readonly controllerManager?: { readonly extraArgs: Readonly<Record<string, string>> };
  readonly nodeLeaseDurationSeconds?: number;
}

const config = load(readFileSync(join(import.meta.dirname, 'cluster.yaml'), 'utf8')) as KindConfig;
const patches = config.kubeadmConfigPatches.map((patch) => load(patch) as KubeadmPatch);

test('there are two workers, so that one can die', () => {
  expect(config.nodes.map(({ role }) => role)).toEqual(['control-plane', 'worker', 'worker']);
});

test('every node runs the same image, by digest', () => {
  const images = new Set(config.nodes.map(({ image }) => image));
  expect(images.size).toBe(1);
  expect([...images][0]).toMatch(/^kindest\/node:v[\d.]+@sha256:[0-9a-f]{64}$/);
});

test('it is the same minor version of Kubernetes as on the bare cluster', () => {
  const goMod = readFileSync(join(import.meta.dirname, '../../toolchain/kubernetes/go.mod'), 'utf8');
  const [, minor] = /:v(\d+\.\d+)\./.exec(config.nodes[0]?.image ?? '') ?? [];
  expect(requiredVersion(goMod, 'k8s.io/kubernetes')).toMatch(new RegExp(`^v${minor}\\.`));
});

test('a dead node counts as dead as soon as on the bare cluster, and a living one renews its lease well before', () => {
  const manager = patches.find(({ controllerManager }) => controllerManager !== undefined)?.controllerManager;
  const lease = patches.find(({ kind }) => kind === 'KubeletConfiguration')?.nodeLeaseDurationSeconds;
  expect(manager?.extraArgs['node-monitor-grace-period']).toBe(`${nodeMonitorGraceSeconds}s`);
  // kubelet renews at a quarter of the duration (kubernetes, pkg/kubelet/kubelet.go: nodeLeaseRenewIntervalFraction).
  expect((lease ?? Infinity) / 4).toBeLessThanOrEqual(nodeMonitorGraceSeconds / 2);
});

test.each([
  { printed: `kind ${KIND_VERSION} go1.25.5 linux/amd64`, enough: true, reason: 'the very version' },
  { printed: 'kind v0.31.2 go1.25.5 linux/amd64', enough: true, reason: 'a later patch' },
  {
    printed: 'kind v1.0.0 go1.30 linux/amd64',
    enough: true,
    reason: 'a later major version with smaller numbers behind',
  },
  {
    printed: 'kind v0.30.9 go1.25.5 linux/amd64',
    enough: false,
    reason: 'an earlier minor version, whatever its patch',
  },
  { printed: 'kind v0.9.0 go1.14 linux/amd64', enough: false, reason: 'numbers are compared, not letters' },
  { printed: 'Error: exec format error', enough: false, reason: 'no version at all' },
])('$printed is new enough: $enough ($reason)', ({ printed, enough }) => {
  expect(isNewEnough(printed)).toBe(enough);
});
