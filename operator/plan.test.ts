import { describe, expect, test } from 'vitest';
import { desiredServiceAccount } from './desired/service-account.ts';
import { APPLIED_HASH, outdatedConfigMaps, planChild, withHash } from './plan.ts';
import type { KubeObject } from './runtime/kube-object.ts';
import { documentService } from './test/builders.ts';

const resource = documentService();
const child = withHash(desiredServiceAccount(resource));
/** The child as the API server has it, with changes. */
const live = (metadata: object = {}, fields: object = {}): KubeObject => ({
  ...child,
  ...fields,
  metadata: {
    ...child.metadata,
    uid: 'u',
    resourceVersion: '1',
    ownerReferences: [{ uid: resource.metadata.uid }] as never,
    ...metadata,
  },
});
const owners = { ownerReferences: child.metadata.ownerReferences as KubeObject['metadata']['ownerReferences'] };

describe('what to do about a child', () => {
  test.each([
    { reason: 'it is not there', live: undefined, type: 'create' },
    { reason: 'it is somebody else’s', live: live({ ownerReferences: [{ uid: 'other' }] }), type: 'nameTaken' },
    { reason: 'it is nobody’s', live: live({ ownerReferences: undefined }), type: 'nameTaken' },
    { reason: 'it is as it should be', live: live(owners), type: 'keep' },
    {
      reason: 'the operator wants it otherwise than before',
      live: live({ ...owners, annotations: { [APPLIED_HASH]: 'older' } }),
      type: 'apply',
      drift: false,
    },
    {
      reason: 'somebody has changed it',
      live: live(owners, { automountServiceAccountToken: true }),
      type: 'apply',
      drift: true,
    },
    {
      reason: 'both',
      live: live({ ...owners, annotations: { [APPLIED_HASH]: 'older' } }, { automountServiceAccountToken: true }),
      type: 'apply',
      drift: false,
    },
  ])('$reason: $type', ({ live, type, drift }) => {
    const action = planChild(child, live, resource.metadata.uid);
    expect(action.type).toBe(type);
    expect('drift' in action ? action.drift : undefined).toBe(drift);
  });

  test('it is desired the same for the same resource, whatever the order of its fields', () => {
    const reordered = Object.fromEntries(Object.entries(resource.spec).toReversed()) as typeof resource.spec;
    expect(withHash(desiredServiceAccount({ ...resource, spec: reordered }))).toEqual(child);
  });
});

describe('ConfigMaps that nobody needs', () => {
  const configMap = (name: string, creationTimestamp: string, more: object = {}): KubeObject => ({
    metadata: { name, uid: name, resourceVersion: '1', creationTimestamp, ...more },
  });
  test.each([
    { reason: 'the only one is in use', all: [configMap('a', '1')], current: 'a', outdated: [] },
    { reason: 'the one before is kept', all: [configMap('a', '1'), configMap('b', '2')], current: 'b', outdated: [] },
    {
      reason: 'of those before the latest is kept',
      all: [configMap('a', '1'), configMap('c', '3'), configMap('b', '2')],
      current: 'c',
      outdated: ['a'],
    },
    {
      reason: 'an old one that is in use again is kept',
      all: [configMap('a', '1'), configMap('c', '3'), configMap('b', '2')],
      current: 'a',
      outdated: ['b'],
    },
    {
      reason: 'what is being deleted is left to it',
      all: [configMap('a', '1', { deletionTimestamp: 'x' }), configMap('b', '2'), configMap('c', '3')],
      current: 'c',
      outdated: [],
    },
    {
      reason: 'made in the same second: by name',
      all: [configMap('c', '1'), configMap('b', '1'), configMap('a', '1')],
      current: 'x',
      outdated: ['b', 'c'],
    },
  ])('$reason', ({ all, current, outdated }) => {
    expect(outdatedConfigMaps(all, current).map(({ metadata }) => metadata.name)).toEqual(outdated);
  });
});
