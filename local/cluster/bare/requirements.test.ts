import { describe, expect, test } from 'vitest';
import { findProblems, parseRoutes } from './requirements.ts';
import type { HostFacts } from './requirements.ts';

const unified = { mountPoint: '/sys/fs/cgroup', version: 2, controllers: [] } as const;
const able: HostFacts = {
  platform: 'linux',
  userId: 0,
  missingPrograms: [],
  cgroups: { kind: 'v2', hierarchies: [unified] },
  rootControllers: 'cpuset cpu io memory pids',
  networks: [{ device: 'eth0', network: '192.168.1.0/24' }],
  overlayPossible: true,
};
const wishes = { subnet: '10.89.0.0/24', longestSocketPath: '/var/lib/x/a/node1/containerd.sock.ttrpc' };

test('a host with everything has no problem', () => {
  expect(findProblems(able, wishes)).toEqual([]);
});

describe('what is missing is named together with the way to get it', () => {
  test.each<{ facts: Partial<HostFacts>; says: RegExp; reason: string }>([
    { facts: { platform: 'darwin' }, says: /need Linux.*kind/, reason: 'there are no namespaces elsewhere' },
    { facts: { userId: 1000 }, says: /need root.*sudo/, reason: 'an ordinary user' },
    {
      facts: { missingPrograms: [{ what: 'runc, which starts a container', packages: ['runc'] }] },
      says: /no runc, which starts a container: apt-get install runc/,
      reason: 'a package is not installed',
    },
    { facts: { cgroups: undefined }, says: /no control groups.*mount cgroup2/, reason: 'a chroot without /sys' },
    { facts: { rootControllers: 'cpu memory pids' }, says: /lack cpuset.*--privileged/, reason: 'inside a container' },
    {
      facts: { cgroups: { kind: 'v1', hierarchies: [] } },
      says: /\(v1\) lack cpu, cpuacct, cpuset, memory, pids: mount/,
      reason: 'an empty tmpfs where hierarchies should be',
    },
    {
      facts: { networks: [{ device: 'tun0', network: '10.0.0.0/8' }] },
      says: /10\.89\.0\.0\/24 are taken: tun0 has 10\.0\.0\.0\/8/,
      reason: 'a VPN that routes all private addresses',
    },
  ])('$says: $reason', ({ facts, says }) => {
    const problems = findProblems({ ...able, ...facts }, wishes);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(says);
  });

  test('the path of a socket may have 107 bytes and no more', () => {
    const path = (bytes: number) => ({ ...wishes, longestSocketPath: `/${'x'.repeat(bytes - 1)}` });
    expect(findProblems(able, path(107))).toEqual([]);
    expect(findProblems(able, path(110))).toEqual([
      expect.stringMatching(/DOCUMENT_SERVICE_STATE to a path that is 3 bytes shorter/),
    ]);
  });

  test('several problems are all named at once', () => {
    expect(findProblems({ ...able, userId: 1, cgroups: undefined }, wishes)).toHaveLength(2);
  });
});

test('routes of the host tell which networks are taken; the default route takes none', () => {
  const json =
    '[{"dst":"default","gateway":"192.0.2.1","dev":"eth0"},{"dst":"172.17.0.0/16","dev":"docker0"},{"dst":"10.1.2.3"}]';
  expect(parseRoutes(json)).toEqual([
    { device: 'docker0', network: '172.17.0.0/16' },
    { device: 'a route', network: '10.1.2.3' },
  ]);
});
