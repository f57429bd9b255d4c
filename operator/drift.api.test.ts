import { describe, expect, test } from 'vitest';
import { CHILD_TYPES, type ChildKind } from './desired/child.ts';
import { DOCUMENT_SERVICES } from './document-service.ts';
import { apiWorld, type AnyObject, type ApiWorld } from './test/api-world.ts';
import { manifest, NODE_PORTS } from './test/manifests.ts';
import { operatorRequests, startOperator, tally } from './test/running-operator.ts';
import { until } from './test/until.ts';

const EVENTS = { apiVersion: 'events.k8s.io/v1', kind: 'Event', plural: 'events' };
/** About two seconds on an idle machine; the bound leaves room for a loaded one. */
const REPAIR_MS = 10_000;

/** A resource whose children are all there, under an operator that runs. */
async function converged(spec: object = {}): Promise<ApiWorld> {
  const world = await apiWorld();
  await startOperator(world);
  await world.create(DOCUMENT_SERVICES, manifest('documents', spec));
  await world.reason('documents', 'RollingOut');
  return world;
}

async function nameOf(world: ApiWorld, kind: ChildKind): Promise<string> {
  if (kind !== 'ConfigMap') return 'documents';
  const names = (await world.list(CHILD_TYPES.ConfigMap)).map(({ metadata }) => metadata.name);
  return names.find((name) => name.startsWith('documents-')) ?? '';
}

/** The notes of the repairs that Events tell of. */
async function repairs(world: ApiWorld): Promise<readonly string[]> {
  const events = await world.list(EVENTS);
  return events.filter(({ reason }) => reason === 'DriftRepaired').map(({ note }) => String(note));
}

describe('a field of the operator that somebody changes is set back soon, with an Event that names it', () => {
  const spec = (change: object) => ({ spec: change });
  test.each([
    { kind: 'Deployment', change: spec({ replicas: 5 }), named: 'spec.replicas from 5 to 2' },
    {
      kind: 'Deployment',
      change: spec({ strategy: { rollingUpdate: { maxSurge: 3 } } }),
      named: 'spec.strategy.rollingUpdate.maxSurge from 3 to 1',
    },
    {
      kind: 'Deployment',
      change: { metadata: { labels: { 'app.kubernetes.io/part-of': null } } },
      named: 'metadata.labels.app.kubernetes.io/part-of from nothing',
    },
    {
      kind: 'Deployment',
      change: spec({ template: { spec: { automountServiceAccountToken: null } } }),
      named: 'automountServiceAccountToken from nothing to false',
    },
    {
      kind: 'Service',
      change: spec({ externalTrafficPolicy: 'Local' }),
      named: 'spec.externalTrafficPolicy from "Local" to "Cluster"',
    },
    {
      kind: 'Service',
      change: spec({ selector: { 'app.kubernetes.io/instance': 'other' } }),
      named: 'spec.selector.app.kubernetes.io/instance',
    },
    {
      kind: 'ServiceAccount',
      change: { metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/x' } } },
      named: 'eks.amazonaws.com/role-arn',
    },
    {
      kind: 'ServiceAccount',
      change: { automountServiceAccountToken: true },
      named: 'automountServiceAccountToken from true to false',
    },
    {
      kind: 'ConfigMap',
      change: { metadata: { labels: { 'app.kubernetes.io/managed-by': 'me' } } },
      named: 'app.kubernetes.io/managed-by from "me"',
    },
  ] as const)('$kind $change', async ({ kind, change, named }) => {
    const world = await converged({ aws: { region: 'eu-central-1', roleArn: 'arn:aws:iam::123456789012:role/r' } });
    const name = await nameOf(world, kind);
    const before = await world.child(kind, name);
    await world.patch(CHILD_TYPES[kind], name, change);
    const changedMs = performance.now();
    await world.child(kind, name, (live) => sameFields(live, before));
    expect(performance.now() - changedMs).toBeLessThan(REPAIR_MS);
    const [note] = await until('an Event', async () => {
      const notes = await repairs(world);
      return notes.length > 0 && notes;
    });
    expect(note).toContain(`${kind} ${name} was changed by somebody else and is set back: `);
    expect(note).toContain(named);
    expect(await repairs(world)).toHaveLength(1);
  });
});

/** Whether an object is as it was, but for what every write changes and what other controllers say of it. */
function sameFields(live: AnyObject, before: AnyObject): boolean {
  const fields = ({ metadata, status: _status, ...rest }: AnyObject): string => {
    const { labels, annotations, ownerReferences } = metadata;
    const own = Object.entries(annotations ?? {}).filter(([name]) => !name.startsWith('deployment.kubernetes.io/'));
    const sorted = (record: object) => Object.entries(record).map(String).toSorted();
    return JSON.stringify([sorted(labels ?? {}), own.map(String).toSorted(), ownerReferences, rest]);
  };
  return fields(live) === fields(before);
}

describe('a child that somebody deletes is there again soon, with an Event', () => {
  test.each(['ServiceAccount', 'ConfigMap', 'Deployment', 'Service'] as const)('%s', async (kind) => {
    const world = await converged();
    const name = await nameOf(world, kind);
    const before = await world.child(kind, name);
    await world.delete(CHILD_TYPES[kind], name);
    const deletedMs = performance.now();
    await world.child(kind, name, ({ metadata }) => metadata.uid !== before.metadata.uid);
    expect(performance.now() - deletedMs).toBeLessThan(REPAIR_MS);
    await until('an Event', async () => (await repairs(world)).length > 0);
    expect(await repairs(world)).toEqual([`${kind} ${name} had been deleted by somebody else and is created again`]);
  });
});

describe('a Service with a node port of its own', () => {
  test('that somebody takes out of sight by its labels is set back, although the API server first says that the port is taken', async () => {
    const nodePort = NODE_PORTS.hidden;
    const world = await converged({ service: { nodePort } });
    await world.patch(CHILD_TYPES.Service, 'documents', {
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'somebody' } },
    });
    await world.child(
      'Service',
      'documents',
      ({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] === 'docservice-operator',
    );
    expect((await world.reason('documents', 'RollingOut')).status?.nodePort).toBe(nodePort);
  });

  test('that somebody deletes is there again with the same port', async () => {
    const nodePort = NODE_PORTS.deleted;
    const world = await converged({ service: { nodePort } });
    const { metadata } = await world.child('Service', 'documents');
    await world.delete(CHILD_TYPES.Service, 'documents');
    const again = await world.child('Service', 'documents', (live) => live.metadata.uid !== metadata.uid);
    expect(again.spec?.['ports']).toMatchObject([{ nodePort }]);
    await world.reason('documents', 'RollingOut');
  });
});

describe('fields of others are left alone', () => {
  test('the annotation of kubectl rollout restart, labels, sidecars and variables stay, through a change of the resource too', async () => {
    const world = await converged();
    const restart = { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' };
    await world.patch(CHILD_TYPES.Deployment, 'documents', {
      metadata: { labels: { team: 'blue' } },
      spec: { template: { metadata: { annotations: restart } } },
    });
    await world.patch(
      CHILD_TYPES.Deployment,
      'documents',
      { spec: { template: { spec: { containers: [{ name: 'sidecar', image: 'example.org/s:1' }] } } } },
      {
        contentType: 'application/strategic-merge-patch+json',
      },
    );
    await world.patch(DOCUMENT_SERVICES, 'documents', { spec: { logLevel: 'debug' } });
    await world.reason('documents', 'RollingOut');
    const { metadata, spec } = await world.child('Deployment', 'documents');
    const template = spec?.['template'] as {
      metadata: { annotations: object };
      spec: { containers: { name: string }[] };
    };
    expect(metadata.labels).toMatchObject({ team: 'blue' });
    expect(template.metadata.annotations).toMatchObject(restart);
    expect(template.spec.containers.map(({ name }) => name).toSorted()).toEqual(['document-service', 'sidecar']);
    expect(await repairs(world)).toEqual([]);
    expect(tally(await operatorRequests(world.namespace))).toMatchObject({ 'create configmaps': 2 });
  });
});

describe('a field that is no longer asked for goes away', () => {
  test('although it came with the create, which is not server-side apply', async () => {
    const world = await converged({
      nodeSelector: { disk: 'fast', zone: 'a' },
      podAnnotations: { note: 'x' },
      priorityClassName: 'system-node-critical',
    });
    await world.patch(DOCUMENT_SERVICES, 'documents', {
      spec: { nodeSelector: { zone: null }, podAnnotations: null, priorityClassName: null },
    });
    const { spec } = await world.child('Deployment', 'documents', ({ metadata }) => metadata.generation === 2);
    const template = spec?.['template'] as { metadata: { annotations: object }; spec: Record<string, unknown> };
    expect(template.spec['nodeSelector']).toEqual({ disk: 'fast' });
    expect(template.spec['priorityClassName']).toBeUndefined();
    expect(template.metadata.annotations).not.toHaveProperty('note');
    // What the API server had filled in has not changed, so that only what was asked for rolls the pods.
    expect(template.spec).toMatchObject({
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
    });
  });

  test('and the first change of another field alone changes nothing else', async () => {
    const world = await converged();
    const before = await world.child('Deployment', 'documents');
    await world.patch(DOCUMENT_SERVICES, 'documents', { spec: { replicas: 3 } });
    const after = await world.child('Deployment', 'documents', ({ spec }) => spec?.['replicas'] === 3);
    expect(after.spec).toEqual({ ...before.spec, replicas: 3 });
    const { spec } = await world.child('Service', 'documents');
    expect(spec?.['ports']).toEqual([expect.objectContaining({ nodePort: expect.any(Number) })]);
  });
});
