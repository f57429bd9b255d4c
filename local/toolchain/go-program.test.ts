import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { goBuild, goPrograms, requiredVersion, toolsOf } from './go-program.ts';

function committed(folder: string): string {
  return readFileSync(join(import.meta.dirname, folder, 'go.mod'), 'utf8');
}

test.each<{ reason: string; goMod: string; version: string }>([
  { reason: 'on a line of its own', goMod: 'require k8s.io/kubernetes v1.35.4\n', version: 'v1.35.4' },
  {
    reason: 'in a block',
    goMod: 'require (\n\tk8s.io/api v0.1.0\n\tk8s.io/kubernetes v1.2.3 // indirect\n)\n',
    version: 'v1.2.3',
  },
  {
    reason: 'not the module whose name only begins the same',
    goMod: 'require k8s.io/kubernetes-x v9.9.9\nrequire k8s.io/kubernetes v1.0.0\n',
    version: 'v1.0.0',
  },
])('reads the required version $reason', ({ goMod, version }) => {
  expect(requiredVersion(goMod, 'k8s.io/kubernetes')).toBe(version);
});

test('a module that requires no such version is an error, not a program without one', () => {
  expect(() => requiredVersion('module x\n', 'k8s.io/kubernetes')).toThrow('requires no version of k8s.io/kubernetes');
});

test('one go build makes all tools of a module: they share most of their packages', () => {
  expect(goBuild('/out/', ['example.org/a', 'example.org/b'], { 'example.org/v.version': 'v1' })).toEqual([
    'go',
    'build',
    '-v',
    '-trimpath',
    '-buildvcs=false',
    '-gcflags',
    'all=-dwarf=false -l',
    '-gcflags',
    'std=-dwarf=false',
    '-ldflags',
    '-s -w -X example.org/v.version=v1',
    '-o',
    '/out/',
    'example.org/a',
    'example.org/b',
  ]);
});

describe('the committed modules', () => {
  test('build the programs that the toolchain names', () => {
    const names = (folder: string): readonly string[] =>
      toolsOf(committed(folder)).map((path) => path.split('/').slice(-1)[0] ?? '');
    expect(names('kubernetes')).toEqual([
      'kube-apiserver',
      'kube-controller-manager',
      'kube-proxy',
      'kube-scheduler',
      'kubectl',
      'kubelet',
    ]);
    expect(toolsOf(committed('etcd'))).toEqual(['go.etcd.io/etcd/server/v3']);
    expect(toolsOf(committed('versitygw'))).toEqual(['github.com/versity/versitygw/cmd/versitygw']);
  });

  test('replace every staging module of Kubernetes by the release that belongs to it', () => {
    const goMod = committed('kubernetes');
    const release = requiredVersion(goMod, 'k8s.io/kubernetes').replace('v1.', 'v0.');
    const replaced = goMod.split('\n').filter((line) => line.includes('=>'));
    expect(replaced).toHaveLength(31);
    for (const line of replaced)
      expect(line).toMatch(new RegExp(`^\\t(k8s\\.io/\\S+) => \\1 ${release.replaceAll('.', '\\.')}$`));
  });

  test('tell the programs of Kubernetes their version, as part of what decides about a rebuild', () => {
    const { kubernetes } = goPrograms({});
    expect(kubernetes.inputs.join('\n')).toContain('-X k8s.io/component-base/version.gitVersion=v1.35.4');
    expect(kubernetes.inputs.join('\n')).toContain('-X k8s.io/client-go/pkg/version.gitMinor=35');
  });
});
