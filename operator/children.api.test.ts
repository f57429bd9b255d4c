import { describe, expect, test } from 'vitest';
import { DOCUMENT_SERVICES } from './document-service.ts';
import { apiWorld } from './test/api-world.ts';
import { manifest } from './test/manifests.ts';
import { operatorRequests, startOperator, tally } from './test/running-operator.ts';
import { until } from './test/until.ts';

const EVENTS = { apiVersion: 'events.k8s.io/v1', kind: 'Event', plural: 'events' };

describe('from create to ready', () => {
  test('takes one create per child, two status writes, two Events and no read', async () => {
    const world = await apiWorld();
    const operator = await startOperator(world);
    await world.create(DOCUMENT_SERVICES, manifest('documents'));
    await world.reason('documents', 'RollingOut');
    await world.rollOut('documents');
    const { status } = await world.reason('documents', 'Available');
    await operator.idle(1);
    expect(status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual(['Ready=True']);
    expect(status).toMatchObject({ replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 });
    const requests = await until('both Events recorded', async () => {
      const requests = await operatorRequests(world.namespace);
      return requests.filter(({ resource }) => resource === 'events').length === 2 ? requests : undefined;
    });
    expect(tally(requests)).toEqual({
      'create serviceaccounts': 1,
      'create configmaps': 1,
      'create deployments': 1,
      'create services': 1,
      'patch documentservices/status': 2,
      'create events': 2,
    });
    const notes = (await world.list(EVENTS)).filter(
      ({ reportingController }) => reportingController === 'docservice.dev/operator',
    );
    expect(notes.map(({ type, reason }) => `${String(type)} ${String(reason)}`).toSorted()).toEqual([
      'Normal Available',
      'Normal RollingOut',
    ]);
  });

  test('names all children as the resource, the ConfigMap with its hash, and owns them', async () => {
    const world = await apiWorld();
    await startOperator(world);
    const { metadata } = await world.create(
      DOCUMENT_SERVICES,
      manifest('documents', { aws: { region: 'eu-central-1', roleArn: 'arn:aws:iam::123456789012:role/r' } }),
    );
    await world.reason('documents', 'RollingOut');
    const deployment = await world.child('Deployment', 'documents');
    const service = await world.child('Service', 'documents');
    const account = await world.child('ServiceAccount', 'documents');
    const configMaps = (await world.list({ apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' })).filter(
      ({ metadata }) => metadata.name !== 'kube-root-ca.crt',
    );
    expect(configMaps.map(({ metadata }) => metadata.name)).toEqual([
      expect.stringMatching(/^documents-[0-9a-f]{10}$/),
    ]);
    for (const child of [deployment, service, account, ...configMaps]) {
      expect(child.metadata.ownerReferences).toEqual([
        expect.objectContaining({ uid: metadata.uid, controller: true }),
      ]);
    }
    expect(account.metadata.annotations).toMatchObject({
      'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/r',
    });
    expect(service.spec).toMatchObject({ type: 'NodePort' });
  });
});
