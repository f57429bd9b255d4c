import { describe, expect, test } from 'vitest';
import { CHILD_TYPES } from './desired/child.ts';
import { DOCUMENT_SERVICES, type DocumentService } from './document-service.ts';
import { apiWorld } from './test/api-world.ts';
import { manifest, NODE_PORTS } from './test/manifests.ts';
import { operatorRequests, startOperator, tally } from './test/running-operator.ts';

/** The conditions of a resource as `type=status reason`. */
const conditions = ({ status }: DocumentService): readonly string[] =>
  (status?.conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`);

const readyMessage = ({ status }: DocumentService): string =>
  status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '';

const foreign = {
  ServiceAccount: {},
  Deployment: {
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'example.org/c:1' }] } },
    },
  },
  Service: { spec: { ports: [{ port: 80 }] } },
} as const;

describe('an object of somebody else that has the name of a child', () => {
  test.each(['ServiceAccount', 'Deployment', 'Service'] as const)(
    '%s is left as it is, and the resource says so',
    async (kind) => {
      const world = await apiWorld();
      const before = await world.create(CHILD_TYPES[kind], { metadata: { name: 'documents' }, ...foreign[kind] });
      await startOperator(world);
      await world.create(DOCUMENT_SERVICES, manifest('documents'));
      const resource = await world.reason('documents', 'NameTaken');
      expect(conditions(resource)).toEqual(['Ready=False NameTaken', 'Stalled=True NameTaken']);
      expect(readyMessage(resource)).toContain(
        `A ${kind} documents exists that does not belong to this DocumentService`,
      );
      const after = await world.child(kind, 'documents');
      expect(after.metadata.uid).toBe(before.metadata.uid);
      expect(after.metadata.labels).toBeUndefined();
      const requests = (await operatorRequests(world.namespace)).filter(
        ({ resource }) => resource === CHILD_TYPES[kind].plural,
      );
      const { [`create ${CHILD_TYPES[kind].plural}`]: creates = 0, ...others } = tally(requests);
      // Where the pass took long, the create has been tried again meanwhile; it is never followed by more than one read.
      expect(Object.keys(others)).toEqual([`get ${CHILD_TYPES[kind].plural}`]);
      expect(Object.values(others)[0]).toBeLessThanOrEqual(creates);
    },
  );

  test('that carries the labels of the operator is left too; its deletion lets the resource go on at once', async () => {
    const world = await apiWorld();
    const labels = { 'app.kubernetes.io/managed-by': 'docservice-operator', 'app.kubernetes.io/instance': 'documents' };
    await world.create(CHILD_TYPES.ServiceAccount, { metadata: { name: 'documents', labels } });
    await startOperator(world);
    await world.create(DOCUMENT_SERVICES, manifest('documents'));
    await world.reason('documents', 'NameTaken');
    await world.delete(CHILD_TYPES.ServiceAccount, 'documents');
    expect(conditions(await world.reason('documents', 'RollingOut'))).toEqual([
      'Ready=False RollingOut',
      'Reconciling=True RollingOut',
    ]);
  });
});

describe('a node port that another Service has', () => {
  test('is said in the words of the API server, while everything else is made', async () => {
    const world = await apiWorld();
    const other = await world.create(CHILD_TYPES.Service, {
      metadata: { name: 'other' },
      spec: { type: 'NodePort', ports: [{ port: 80 }] },
    });
    const nodePort = (other.spec?.['ports'] as { nodePort: number }[] | undefined)?.[0]?.nodePort;
    await startOperator(world);
    await world.create(DOCUMENT_SERVICES, manifest('documents', { service: { nodePort } }));
    const resource = await world.reason('documents', 'NodePortTaken');
    expect(conditions(resource)).toEqual(['Ready=False NodePortTaken', 'Stalled=True NodePortTaken']);
    expect(readyMessage(resource)).toContain(`${nodePort}: provided port is already allocated`);
    expect(await world.get(CHILD_TYPES.Deployment, 'documents')).toBeDefined();
    await world.patch(DOCUMENT_SERVICES, 'documents', { spec: { service: { nodePort: null } } });
    const mended = await world.reason('documents', 'RollingOut');
    expect(mended.status?.nodePort).toBeGreaterThanOrEqual(30_000);
  });
});

describe('a node port that another Service gives back', () => {
  test('is taken without anybody touching the resource', async () => {
    const world = await apiWorld();
    const nodePort = NODE_PORTS.givenBack;
    const ports = [{ port: 80, nodePort }];
    await world.create(CHILD_TYPES.Service, { metadata: { name: 'other' }, spec: { type: 'NodePort', ports } });
    await startOperator(world);
    await world.create(DOCUMENT_SERVICES, manifest('documents', { service: { nodePort } }));
    await world.reason('documents', 'NodePortTaken');
    await world.delete(CHILD_TYPES.Service, 'other');
    const mended = await world.reason('documents', 'RollingOut');
    expect(mended.status?.nodePort).toBe(nodePort);
  });
});

describe('what is passed on as it is and the API server does not take', () => {
  test.each([
    { reason: 'a field that does not exist', spec: { affinity: { nodeAffinitty: {} } }, says: 'nodeAffinitty' },
    {
      reason: 'a value that is not allowed',
      spec: { tolerations: [{ key: 'a', operator: 'Near' }] },
      says: 'spec.template.spec.tolerations[0].operator',
    },
    {
      reason: 'a variable with two sources',
      spec: { env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
      says: 'env[0].valueFrom',
    },
  ])('$reason: the resource is stalled and names the path, the pods so far stay', async ({ spec, says }) => {
    const world = await apiWorld();
    const operator = await startOperator(world);
    await world.create(DOCUMENT_SERVICES, manifest('documents'));
    await world.reason('documents', 'RollingOut');
    const before = await world.child('Deployment', 'documents');
    await world.patch(DOCUMENT_SERVICES, 'documents', { spec });
    const resource = await world.reason('documents', 'ChildRefused');
    expect(conditions(resource)).toEqual(['Ready=False ChildRefused', 'Stalled=True ChildRefused']);
    expect(readyMessage(resource)).toContain('Deployment documents was refused');
    expect(readyMessage(resource)).toContain(says);
    await operator.idle(1);
    expect((await world.child('Deployment', 'documents')).spec).toEqual(before.spec);
    await world.patch(DOCUMENT_SERVICES, 'documents', {
      spec: Object.fromEntries(Object.keys(spec).map((field) => [field, null])),
    });
    await world.reason('documents', 'RollingOut');
  });

  test('the quota of the namespace: the resource says that pods are refused, and why', async () => {
    const world = await apiWorld();
    const quotas = { apiVersion: 'v1', kind: 'ResourceQuota', plural: 'resourcequotas' };
    await world.create(quotas, { metadata: { name: 'none' }, spec: { hard: { pods: '0' } } });
    await world.object(quotas, 'none', ({ status }) => status?.['hard'] !== undefined);
    await startOperator(world);
    await world.create(DOCUMENT_SERVICES, manifest('documents'));
    const resource = await world.reason('documents', 'PodsRefused');
    expect(conditions(resource)).toEqual(['Ready=False PodsRefused', 'Stalled=True PodsRefused']);
    expect(readyMessage(resource)).toContain('exceeded quota: none');
  });
});
