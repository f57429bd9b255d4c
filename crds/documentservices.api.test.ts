import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { DOCUMENT_SERVICES } from '../operator/document-service.ts';
import { apiWorld } from '../operator/test/api-world.ts';
import { manifest } from '../operator/test/manifests.ts';
import { refusal } from '../operator/test/refusal.ts';

const without = { metadata: { tableName: 'documents' } };
const cache = (fields: object) => ({ cache: { host: 'redis', ...fields } });

describe('what holds documents cannot be changed', () => {
  const bucket = { content: { bucketName: 'documents' } };
  test.each([
    {
      reason: 'another region',
      from: {},
      to: { aws: { region: 'eu-west-1' } },
      says: 'region cannot be changed',
    },
    {
      reason: 'another table',
      from: {},
      to: { metadata: { tableName: 'others' } },
      says: 'tableName cannot be changed',
    },
    {
      reason: 'another bucket',
      from: bucket,
      to: { content: { bucketName: 'others' } },
      says: 'bucketName cannot be changed',
    },
    { reason: 'another prefix', from: bucket, to: { content: { prefix: 'x/' } }, says: 'prefix cannot be changed' },
    { reason: 'no bucket any more', from: bucket, to: { content: null }, says: 'content cannot be removed once set' },
  ])('$reason is refused', async ({ from, to, says }) => {
    const world = await apiWorld();
    await world.create(DOCUMENT_SERVICES, manifest('documents', from));
    expect(await refusal(world.patch(DOCUMENT_SERVICES, 'documents', { spec: to }))).toContain(says);
  });

  test('but a bucket may be added', async () => {
    const world = await apiWorld();
    await world.create(DOCUMENT_SERVICES, manifest('documents'));
    const { spec } = await world.patch(DOCUMENT_SERVICES, 'documents', { spec: bucket });
    expect(spec?.['content']).toEqual({ bucketName: 'documents', prefix: 'documents/' });
  });
});

describe('the API server fills in and keeps', () => {
  test('defaults, but no number of replicas, which an autoscaler may own', async () => {
    const world = await apiWorld();
    const { spec } = await world.create(
      DOCUMENT_SERVICES,
      manifest('documents', { ...without, cache: { host: 'redis' } }),
    );
    expect(spec).not.toHaveProperty('replicas');
    expect(spec).toMatchObject({
      imagePullPolicy: 'IfNotPresent',
      service: { externalTrafficPolicy: 'Cluster' },
      cache: { port: 6379, tls: false, ttlSeconds: 300 },
      api: { inlineMaxBytes: 8192, requestTimeoutSeconds: 30 },
      logLevel: 'info',
      drainSeconds: 15,
      resources: { limits: { memory: '512Mi' } },
    });
  });

  test.each(['redis', 'redis.example.', '10.89.0.7', 'fd00::1'])('a cache at %s', async (host) => {
    const world = await apiWorld();
    const { spec } = await world.create(DOCUMENT_SERVICES, manifest('documents', { ...without, ...cache({ host }) }));
    expect(spec).toMatchObject({ cache: { host } });
  });

  test('endpoints with and without a port', async () => {
    const world = await apiWorld();
    const endpoints = { dynamodb: 'http://10.89.0.4:8000', s3: 'https://s3.eu-central-1.amazonaws.com' };
    const { spec } = await world.create(
      DOCUMENT_SERVICES,
      manifest('documents', { ...without, aws: { region: 'eu-central-1', endpoints } }),
    );
    expect(spec).toMatchObject({ aws: { endpoints } });
  });

  test('env, affinity, tolerations and spread as they are', async () => {
    const world = await apiWorld();
    const fields = {
      env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'key' } } }],
      affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
      tolerations: [{ key: 'a', operator: 'Exists', tolerationSeconds: 3 }],
      topologySpreadConstraints: [{ maxSkew: 2, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
    };
    const { spec } = await world.create(DOCUMENT_SERVICES, manifest('documents', fields));
    expect(spec).toMatchObject(fields);
  });

  test('a number of replicas written through the scale subresource', async () => {
    const world = await apiWorld();
    await world.create(DOCUMENT_SERVICES, manifest('documents'));
    await world.patch(DOCUMENT_SERVICES, 'documents', { spec: { replicas: 4 } }, { subresource: 'scale' });
    expect((await world.get(DOCUMENT_SERVICES, 'documents'))?.spec?.['replicas']).toBe(4);
  });
});

test('the definition is small enough for client-side kubectl apply, which repeats it in an annotation of at most 256 KiB', async () => {
  const definition = load(await readFile(join(import.meta.dirname, 'documentservices.yaml'), 'utf8'));
  expect(JSON.stringify(definition).length).toBeLessThan(262_144 / 4);
});
