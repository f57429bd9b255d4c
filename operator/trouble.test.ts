import { describe, expect, test } from 'vitest';
import { desiredService } from './desired/service.ts';
import { driftRepaired } from './drift.ts';
import { APPLIED_HASH, withHash } from './plan.ts';
import { Refusals } from './refusals.ts';
import { responseError } from './runtime/api-error.ts';
import { documentService } from './test/builders.ts';
import { FakeClock } from './test/fake-clock.ts';
import { isNamespaceTerminating, nameTaken, refusal } from './trouble.ts';

const service = withHash(desiredService(documentService()));
const refused = (code: number, cause: object = {}) =>
  responseError(code, JSON.stringify({ kind: 'Status', code, message: 'no', details: { causes: [cause] } }));

describe('a refusal', () => {
  test.each([
    { reason: 'of the node port', error: refused(422, { field: 'spec.ports[0].nodePort' }), means: 'NodePortTaken' },
    { reason: 'of another field', error: refused(422, { field: 'spec.type' }), means: 'ChildRefused' },
    { reason: 'by a policy', error: refused(403), means: 'ChildRefused' },
    { reason: 'by a broken server is none', error: refused(500), means: undefined },
    { reason: 'by a busy server is none', error: refused(429), means: undefined },
    { reason: 'by a conflict is none', error: refused(409), means: undefined },
  ])('$reason: $means', ({ error, means }) => {
    expect(refusal(service, error)?.reason).toBe(means);
  });

  test('since the namespace goes away is told apart', () => {
    expect(isNamespaceTerminating(refused(403, { reason: 'NamespaceTerminating' }))).toBe(true);
    expect(isNamespaceTerminating(refused(403))).toBe(false);
  });

  test('is remembered for a minute, for exactly this child of this resource', () => {
    const clock = new FakeClock();
    const refusals = new Refusals(clock);
    const trouble = { reason: 'NodePortTaken', message: 'no' } as const;
    refusals.note('a/b', service, trouble);
    const changed = { ...service, metadata: { ...service.metadata, annotations: { [APPLIED_HASH]: 'other' } } };
    expect(refusals.current('a/b', service)).toEqual(trouble);
    expect(refusals.current('a/b', changed)).toBeUndefined();
    expect(refusals.current('a/c', service)).toBeUndefined();
    clock.advance(60_000);
    expect(refusals.current('a/b', service)).toBeUndefined();
  });
});

describe('a name that is taken', () => {
  const live = (...owners: readonly string[]) => ({
    metadata: {
      name: 'documents',
      uid: 'u',
      resourceVersion: '1',
      ownerReferences: owners.map((kind) => ({ apiVersion: 'v1', kind, name: 'documents', uid: 'old' })),
    },
  });
  test.each([
    { reason: 'by somebody', owners: [], says: 'NameTaken' },
    { reason: 'by another controller', owners: ['Gateway'], says: 'NameTaken' },
    { reason: 'by a DocumentService that was deleted', owners: ['DocumentService'], says: 'WaitingForDeletion' },
  ])('$reason: $says', ({ owners, says }) => {
    expect(nameTaken(service, live(...owners)).reason).toBe(says);
  });
});

test('a repair names at most five fields, and long values in short', () => {
  const differences = Array.from({ length: 7 }, (_, n) => ({
    path: `f${n}`,
    desired: 'x'.repeat(200),
    live: undefined,
  }));
  const live = { metadata: { name: 'documents', uid: 'u', resourceVersion: '1' } };
  const { note } = driftRepaired({ type: 'apply', child: service, live, differences, drift: true });
  expect(note).toContain('f4 from nothing to "xxx');
  expect(note).not.toContain('f5');
  expect(note).toMatch(/ and 2 more$/);
  expect(note.length).toBeLessThan(1024);
});
