import { describe, expect, test } from 'vitest';
import { CHILD_TYPES } from './desired/child.ts';
import { DOCUMENT_SERVICES } from './document-service.ts';
import { apiWorld, type ApiWorld } from './test/api-world.ts';
import { manifest } from './test/manifests.ts';
import { operatorRequests, startOperator, tally, type AuditedRequest } from './test/running-operator.ts';
import { until } from './test/until.ts';

/** Every field that the operator passes on in a spelling that the API server does not keep. */
const oddSpellings = {
  resources: {
    requests: { cpu: '1000m', memory: '1024Ki' },
    limits: { cpu: 2, memory: '1.5Gi', 'ephemeral-storage': '1e3' },
  },
  nodeSelector: {},
  podAnnotations: {},
  tolerations: [{ key: 'a', operator: 'Exists', value: '' }],
  affinity: {
    nodeAffinity: {},
    podAffinity: null,
    podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [] },
  },
  env: [
    { name: 'EMPTY', value: '' },
    { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1000m' } } },
  ],
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: {} },
  ],
  imagePullSecrets: [{ name: 'pull' }],
};

/** Resources that are ready, their writes over, and the operator that brought them there stopped. */
async function settled(...names: readonly string[]): Promise<ApiWorld> {
  const world = await apiWorld();
  const operator = await startOperator(world);
  for (const name of names) await world.create(DOCUMENT_SERVICES, manifest(name, name === 'odd' ? oddSpellings : {}));
  for (const name of names) {
    await world.rollOut(name);
    await world.reason(name, 'Available');
  }
  await until('the last Event of each', async () => {
    const { 'create events': events } = tally(await operatorRequests(world.namespace));
    return events === 2 * names.length;
  });
  await operator.stop();
  return world;
}

/**
 * The writes that changed something, Events left out. A handing over that met another's write meanwhile was a conflict, and is repeated.
 */
const writes = (requests: readonly AuditedRequest[]): readonly AuditedRequest[] =>
  requests.filter(({ verb, resource, code }) => verb !== 'get' && resource !== 'events' && code < 300);

describe('nothing is written', () => {
  test('by an operator that starts where everything is as it should be', async () => {
    const names = ['documents', 'odd', 'more'];
    const world = await settled(...names);
    const before = await operatorRequests(world.namespace);
    const operator = await startOperator(world);
    await operator.idle(names.length);
    expect(await operatorRequests(world.namespace)).toEqual(before);
  });

  test('when labels and annotations of resource and children are touched', async () => {
    const world = await settled('documents');
    const operator = await startOperator(world);
    await operator.idle(1);
    const before = await operatorRequests(world.namespace);
    for (let touch = 1; touch <= 20; touch += 1) {
      const body = { metadata: { annotations: { touch: String(touch) }, labels: { touch: String(touch) } } };
      await world.patch(DOCUMENT_SERVICES, 'documents', body);
      await world.patch(CHILD_TYPES.Deployment, 'documents', body);
      await world.patch(CHILD_TYPES.Service, 'documents', body);
    }
    // An edit after the touches: once it has been acted on, so have they.
    await world.patch(DOCUMENT_SERVICES, 'documents', { spec: { replicas: 1 } });
    await world.reason('documents', 'RollingOut');
    await operator.idle(2);
    const since = (await operatorRequests(world.namespace)).slice(before.length);
    expect(tally(writes(since))).toEqual({
      // The first change of a Deployment hands its ownership over, then applies.
      'patch deployments': 2,
      'patch documentservices/status': 1,
    });
  });
});

describe('what one change costs', () => {
  test('of configuration: one ConfigMap, one apply, and status as it goes', async () => {
    const world = await settled('documents');
    await startOperator(world);
    const before = await operatorRequests(world.namespace);
    await world.patch(DOCUMENT_SERVICES, 'documents', { spec: { logLevel: 'debug' } });
    await world.reason('documents', 'RollingOut');
    await world.rollOut('documents');
    await world.reason('documents', 'Available');
    const events = (await world.list({ apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' })).filter(
      ({ metadata }) => metadata.name.startsWith('documents-'),
    );
    expect(events).toHaveLength(2);
    const since = (await operatorRequests(world.namespace)).slice(before.length);
    expect(tally(writes(since))).toEqual({
      'create configmaps': 1,
      'patch deployments': 2,
      'patch documentservices/status': 2,
    });
  });

  test('of configuration, again and again: the last two ConfigMaps are kept', async () => {
    const world = await settled('documents');
    await startOperator(world);
    for (const logLevel of ['debug', 'warn', 'error']) {
      await world.patch(DOCUMENT_SERVICES, 'documents', { spec: { logLevel } });
      await world.reason('documents', 'RollingOut');
      await world.rollOut('documents');
      await world.reason('documents', 'Available');
    }
    const configMaps = await until('two ConfigMaps', async () => {
      const all = (await world.list(CHILD_TYPES.ConfigMap)).filter(({ metadata }) =>
        metadata.name.startsWith('documents-'),
      );
      return all.length === 2 && all;
    });
    expect(configMaps.map(({ data }) => String(data?.['LOG_LEVEL'])).toSorted()).toEqual(['error', 'warn']);
  });
});
