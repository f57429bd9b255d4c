import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DocumentServiceStatus } from './document-service.ts';
import type { Observed, ObservedDeployment } from './observed.ts';
import { nextStatus, statusChange, verdictOf } from './status.ts';
import { documentService } from './test/builders.ts';

type DeploymentStatus = NonNullable<ObservedDeployment['status']>;

const now = new Date('2026-01-01T00:00:00Z');
const all = (count: number): DeploymentStatus => ({
  observedGeneration: 1,
  replicas: count,
  updatedReplicas: count,
  readyReplicas: count,
  availableReplicas: count,
});

function observed(status?: DeploymentStatus, more: Partial<Observed> = {}): Observed {
  const metadata = { name: 'documents', namespace: 'default', uid: 'd', resourceVersion: '1', generation: 1 };
  return {
    deployment: { metadata, ...(status ? { status } : {}) },
    service: { metadata, spec: { ports: [{ nodePort: 30_080 }] } },
    trouble: undefined,
    ...more,
  };
}

const progressing = (reason: string) => ({ conditions: [{ type: 'Progressing', status: 'True', reason }] });

describe('what is said of a resource', () => {
  test.each([
    {
      reason: 'no Deployment yet',
      seen: observed(undefined, { deployment: undefined }),
      says: 'reconciling RollingOut',
      words: '0 of 2 pods',
    },
    {
      reason: 'a Deployment that nobody has looked at',
      seen: observed(),
      says: 'reconciling RollingOut',
      words: '0 of 2 pods',
    },
    {
      reason: 'a status of an older generation',
      seen: observed({ ...all(2), observedGeneration: 0 }),
      says: 'reconciling RollingOut',
      words: '0 of 2 pods',
    },
    {
      reason: 'one pod of two',
      seen: observed({ ...all(2), availableReplicas: 1 }),
      says: 'reconciling RollingOut',
      words: '1 of 2 pods',
    },
    {
      reason: 'old pods that still serve',
      seen: observed({ ...all(2), replicas: 3 }),
      says: 'reconciling RollingOut',
      words: '2 of 2 pods',
    },
    {
      reason: 'pods of the old template only',
      seen: observed({ ...all(2), updatedReplicas: 0 }),
      says: 'reconciling RollingOut',
      words: '2 of 2 pods',
    },
    { reason: 'all pods', seen: observed(all(2)), says: 'ready Available', words: 'All pods run' },
    {
      reason: 'a pod that was lost',
      seen: observed({ ...all(2), availableReplicas: 1, ...progressing('NewReplicaSetAvailable') }),
      says: 'reconciling PodsUnavailable',
      words: '1 of 2 pods',
    },
    {
      reason: 'a rollout that does not get on',
      seen: observed({ ...all(2), availableReplicas: 1, ...progressing('ProgressDeadlineExceeded') }),
      says: 'stalled RolloutStuck',
      words: 'those that are available serve on. See kubectl describe pod',
    },
    {
      reason: 'a first rollout that does not get on',
      seen: observed({ ...all(2), availableReplicas: 0, ...progressing('ProgressDeadlineExceeded') }),
      says: 'stalled RolloutStuck',
      words: 'and no other pods serve. See kubectl describe pod',
    },
    {
      reason: 'pods that the API server refuses',
      seen: observed({
        ...all(0),
        conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' }],
      }),
      says: 'stalled PodsRefused',
      words: 'exceeded quota',
    },
    {
      reason: 'a child that was refused',
      seen: observed(all(2), { trouble: { reason: 'ChildRefused', message: 'no' } }),
      says: 'stalled ChildRefused',
      words: 'no',
    },
    {
      reason: 'children of a predecessor',
      seen: observed(all(2), { trouble: { reason: 'WaitingForDeletion', message: 'soon' } }),
      says: 'reconciling WaitingForDeletion',
      words: 'soon',
    },
  ])('$reason: $says', ({ seen, says, words }) => {
    const { state, reason, message } = verdictOf(documentService(), seen);
    expect(`${state} ${reason}`).toBe(says);
    expect(message).toContain(words);
    // Messages are sentences without a full stop (crossplane's rules for conditions).
    expect(message).toMatch(/^[A-Z]|^no$|^soon$/);
    expect(message).not.toMatch(/\.$/);
  });

  test('no pods asked for and none there is ready, and says that nothing is served', () => {
    expect(verdictOf(documentService({ replicas: 0 }), observed(all(0)))).toMatchObject({
      state: 'ready',
      reason: 'ScaledToZero',
    });
  });

  test('a touched Deployment, whose controller has not looked yet, does not make a ready resource unready', () => {
    const ready = { ...documentService(), status: nextStatus(documentService(), observed(all(2)), now) };
    const stale = observed({ ...all(2), observedGeneration: 0 });
    expect(verdictOf(ready, stale).state).toBe('ready');
    const edited = { ...ready, metadata: { ...ready.metadata, generation: 2 } };
    expect(verdictOf(edited, stale).state).toBe('reconciling');
  });
});

describe('status', () => {
  test('of a ready resource', () => {
    const resource = documentService({ cache: { host: 'redis', port: 6379, tls: false, ttlSeconds: 300 } });
    expect(nextStatus(resource, observed(all(2)), now)).toEqual({
      observedGeneration: 1,
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          observedGeneration: 1,
          lastTransitionTime: '2026-01-01T00:00:00Z',
          reason: 'Available',
          message: 'All pods run the current template and are available',
        },
      ],
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      selector: 'app.kubernetes.io/name=document-service,app.kubernetes.io/instance=documents',
      image: 'example.org/document-service:1',
      nodePort: 30_080,
      cacheEndpoint: 'redis:6379',
    });
  });

  const conditions = (status: DocumentServiceStatus) =>
    status.conditions?.map(
      ({ type, status, lastTransitionTime }) => `${type}=${status} ${lastTransitionTime.slice(17, 19)}`,
    );

  test('keeps the time of a transition as long as the status stays, whatever reason and message do', () => {
    let resource = documentService();
    const at = (second: number, seen: Observed) => {
      const status = nextStatus(resource, seen, new Date(Date.UTC(2026, 0, 1, 0, 0, second)));
      resource = { ...resource, status };
      return conditions(status);
    };
    expect(at(1, observed())).toEqual(['Ready=False 01', 'Reconciling=True 01']);
    expect(at(2, observed({ ...all(2), availableReplicas: 1 }))).toEqual(['Ready=False 01', 'Reconciling=True 01']);
    expect(at(3, observed(all(2)))).toEqual(['Ready=True 03']);
    expect(at(4, observed({ ...all(2), ...progressing('ProgressDeadlineExceeded'), availableReplicas: 0 }))).toEqual([
      'Ready=False 04',
      'Stalled=True 04',
    ]);
    expect(at(5, observed(all(2), { trouble: { reason: 'NameTaken', message: 'x' } }))).toEqual([
      'Ready=False 04',
      'Stalled=True 04',
    ]);
  });

  const count = fc.nat(3);
  const seen = fc
    .record({
      observedGeneration: fc.nat(2),
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      availableReplicas: count,
    })
    .map((status) => observed(status));

  test('says the same of the same, so that nothing is written twice', () => {
    fc.assert(
      fc.property(seen, fc.option(fc.nat(3), { nil: undefined }), (seen, replicas) => {
        const resource = documentService(replicas === undefined ? {} : { replicas });
        const first = nextStatus(resource, seen, now);
        const second = nextStatus({ ...resource, status: first }, seen, new Date('2027-01-01T00:00:00Z'));
        expect(statusChange(first, second)).toBe('none');
      }),
    );
  });

  test('is ready only when every pod that is asked for runs the current template and is available', () => {
    fc.assert(
      fc.property(seen, (seen) => {
        const { observedGeneration, replicas, updatedReplicas, availableReplicas } = seen.deployment?.status ?? {};
        const complete =
          (observedGeneration ?? 0) >= 1 && replicas === 2 && updatedReplicas === 2 && availableReplicas === 2;
        expect(verdictOf(documentService(), seen).state === 'ready').toBe(complete);
      }),
    );
  });
});

describe('a change of status', () => {
  const before = nextStatus(documentService(), observed(), now);
  test.each([
    { reason: 'nothing', after: structuredClone(before), change: 'none' },
    { reason: 'the number of pods', after: { ...before, replicas: 1 }, change: 'progress' },
    {
      reason: 'words',
      after: nextStatus(documentService(), observed({ ...all(2), availableReplicas: 1 }), now),
      change: 'progress',
    },
    { reason: 'readiness', after: nextStatus(documentService(), observed(all(2)), now), change: 'transition' },
    {
      reason: 'a reason',
      after: nextStatus(documentService(), observed({ ...all(1), ...progressing('ProgressDeadlineExceeded') }), now),
      change: 'transition',
    },
    { reason: 'the generation', after: { ...before, observedGeneration: 2 }, change: 'transition' },
    { reason: 'the node port', after: { ...before, nodePort: 30_001 }, change: 'transition' },
    { reason: 'the image', after: { ...before, image: 'other' }, change: 'transition' },
  ] as const)('of $reason is $change', ({ after, change }) => {
    expect(statusChange(before, after)).toBe(change);
  });

  test('from nothing is a transition', () => {
    expect(statusChange(undefined, before)).toBe('transition');
  });
});
