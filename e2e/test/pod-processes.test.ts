import { describe, expect, it } from 'vitest';
import { isInPod, killPod } from './pod-processes.ts';

const uid = '0f8fad5b-d9cb-469f-a165-70867728950e';
const other = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

describe('the processes of a pod', () => {
  it.each([
    { cgroup: `0::/ds-e2e-node1/kubepods/burstable/pod${uid}/abc`, isIn: true, reason: 'one hierarchy' },
    { cgroup: `1:cpu:/\n8:pids:/ds-e2e-node2/kubepods/pod${uid}/abc`, isIn: true, reason: 'one of many hierarchies' },
    { cgroup: `0::/ds-e2e-node1/kubepods/pod${other}/abc`, isIn: false, reason: 'another pod' },
    { cgroup: `0::/ds-local-node1/kubepods/pod${uid}/abc`, isIn: false, reason: 'another cluster' },
    { cgroup: `0::/kubepods/burstable/pod${uid}/abc`, isIn: false, reason: 'a cluster that this host belongs to' },
    { cgroup: '0::/', isIn: false, reason: 'no pod' },
  ])('$reason: $isIn', ({ cgroup, isIn }) => {
    expect(isInPod(cgroup, 'e2e', uid)).toBe(isIn);
  });

  it.each(['', 'pod', uid.slice(0, 8), `${uid}/..`])('none is ended for %j, which is no uid', async (wrong) => {
    await expect(killPod('e2e', wrong)).rejects.toThrow('is no uid of a pod');
  });

  it('a pod without a process is an error', async () => {
    await expect(killPod('e2e', other)).rejects.toThrow(`no process of pod ${other}`);
  });
});
