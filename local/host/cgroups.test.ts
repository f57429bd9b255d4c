import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cgroupLayout, cgroupSteps, findCgroups, makeCgroup, missingControllers, removeCgroups } from './cgroups.ts';
import type { CgroupLayout } from './cgroups.ts';
import { parseMounts } from './mounts.ts';

const debian12 =
  '24 22 0:22 / /sys/fs/cgroup rw,nosuid,nodev shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot';
const ubuntu18 = `30 22 0:26 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro,mode=755
31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate
32 30 0:28 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
33 30 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
34 30 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset
35 30 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
36 30 0:33 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids`;
const centos7 = ubuntu18
  .split('\n')
  .filter((line) => !line.includes('cgroup2'))
  .join('\n');

function layoutOf(mountinfo: string): CgroupLayout {
  const layout = cgroupLayout(parseMounts(mountinfo));
  if (layout === undefined) throw new Error('no layout');
  return layout;
}

describe('the layout of control groups is read from the mounts', () => {
  test.each([
    { mountinfo: debian12, kind: 'v2', hierarchies: 1, reason: 'one hierarchy of version 2' },
    { mountinfo: ubuntu18, kind: 'hybrid', hierarchies: 6, reason: 'version 2 without controllers beside version 1' },
    { mountinfo: centos7, kind: 'v1', hierarchies: 5, reason: 'version 1 alone' },
  ])('$kind: $reason', ({ mountinfo, kind, hierarchies }) => {
    const layout = layoutOf(mountinfo);
    expect(layout.kind).toBe(kind);
    expect(layout.hierarchies).toHaveLength(hierarchies);
  });

  test('a host without control groups has no layout', () => {
    expect(cgroupLayout(parseMounts('1 0 0:1 / / rw - ext4 /dev/vda rw'))).toBeUndefined();
  });

  test('a hierarchy that is mounted elsewhere, as container engines do, does not count', () => {
    expect(cgroupLayout(parseMounts(debian12.replace('/sys/fs/cgroup', '/var/lib/x/cgroup')))).toBeUndefined();
  });
});

describe('what kubelet needs and does not get is named', () => {
  test.each([
    {
      mountinfo: debian12,
      root: 'cpuset cpu io memory hugetlb pids rdma misc\n',
      missing: [],
      reason: 'an ordinary host',
    },
    { mountinfo: debian12, root: 'cpu memory pids\n', missing: ['cpuset'], reason: 'a container that was given three' },
    {
      mountinfo: debian12,
      root: '\n',
      missing: ['cpu', 'cpuset', 'memory', 'pids'],
      reason: 'a container without any',
    },
    { mountinfo: ubuntu18, root: '', missing: [], reason: 'cpu and cpuacct share a hierarchy' },
    {
      mountinfo: ubuntu18.replace('rw,memory', 'rw,misc'),
      root: '',
      missing: ['memory'],
      reason: 'a kernel with cgroup_disable=memory',
    },
  ])('$missing: $reason', ({ mountinfo, root, missing }) => {
    expect(missingControllers(layoutOf(mountinfo), root)).toEqual(missing);
  });
});

test('on version 1 a group is made in every hierarchy, and only that of cpuset inherits', () => {
  const steps = cgroupSteps(layoutOf(ubuntu18), 'ds-a-node1');
  expect(steps.map(({ folder }) => folder)).toEqual([
    '/sys/fs/cgroup/unified/ds-a-node1',
    '/sys/fs/cgroup/systemd/ds-a-node1',
    '/sys/fs/cgroup/cpu,cpuacct/ds-a-node1',
    '/sys/fs/cgroup/cpuset/ds-a-node1',
    '/sys/fs/cgroup/memory/ds-a-node1',
    '/sys/fs/cgroup/pids/ds-a-node1',
  ]);
  expect(steps.filter(({ inherited }) => inherited.length > 0).map(({ parent }) => parent)).toEqual([
    '/sys/fs/cgroup/cpuset',
  ]);
  expect(steps.every(({ passedOn }) => passedOn.length === 0)).toBe(true);
  expect(Object.fromEntries(steps.map(({ parent, settings }) => [parent, settings]))).toMatchObject({
    '/sys/fs/cgroup/cpu,cpuacct': { 'cpu.shares': '8192' },
    '/sys/fs/cgroup/memory': {},
  });
});

describe('groups on disk', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'cgroups-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  test('on version 2 the root passes on what it has of what a node needs', async () => {
    await writeFile(join(root, 'cgroup.controllers'), 'cpuset cpu memory pids rdma\n');
    const [step] = cgroupSteps(layoutOf(debian12), 'ds-a-node1');
    await makeCgroup({
      ...step,
      folder: join(root, 'ds-a-node1'),
      parent: root,
      inherited: [],
      passedOn: step?.passedOn ?? [],
      settings: step?.settings ?? {},
    });
    // A busy host does not starve a node.
    expect(await readFile(join(root, 'ds-a-node1/cpu.weight'), 'utf8')).toBe('800');
    expect(await readFile(join(root, 'cgroup.subtree_control'), 'utf8')).toBe('+cpu +cpuset +memory +pids');
    expect(await readdir(root)).toContain('ds-a-node1');
  });

  test('on version 1 a cpuset gets the processors and memory of its parent, for it starts out empty', async () => {
    await writeFile(join(root, 'cpuset.cpus'), '0-1\n');
    const folder = join(root, 'ds-a-node1');
    await makeCgroup({ folder, parent: root, inherited: ['cpuset.cpus'], passedOn: [], settings: {} });
    expect(await readFile(join(folder, 'cpuset.cpus'), 'utf8')).toBe('0-1\n');
  });

  test('groups are found by name in every hierarchy, and removed with all below them', async () => {
    await mkdir(join(root, 'one/ds-a-node1/pods/pod1'), { recursive: true });
    await mkdir(join(root, 'two/ds-b-node1'), { recursive: true });
    const hierarchy = (name: string) => ({ mountPoint: join(root, name), version: 1, controllers: [] }) as const;
    const layout: CgroupLayout = { kind: 'v1', hierarchies: [hierarchy('one'), hierarchy('two')] };
    const found = await findCgroups(layout, (name) => name.startsWith('ds-a-'));
    expect(found).toEqual([join(root, 'one/ds-a-node1')]);
    await removeCgroups(found);
    expect(await readdir(join(root, 'one'))).toEqual([]);
    expect(await readdir(join(root, 'two'))).toEqual(['ds-b-node1']);
  });
});
