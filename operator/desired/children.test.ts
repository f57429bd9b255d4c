import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { documentService } from '../test/builders.ts';
import { desiredChildren } from './children.ts';
import { serviceEnvironment } from './config-map.ts';

const children = (...args: Parameters<typeof documentService>) => {
  const [serviceAccount, configMap, deployment, service] = desiredChildren(documentService(...args));
  return { serviceAccount, configMap, deployment, service };
};
const template = (deployment: object | undefined) =>
  (deployment as { readonly spec: { readonly template: { readonly spec: Readonly<Record<string, unknown>> } } }).spec
    .template;

describe('the pods', () => {
  test('are as the golden file says: a change of it rolls the pods of everybody who upgrades the operator', async () => {
    const golden = JSON.parse(await readFile(new URL('pod-template.golden.json', import.meta.url), 'utf8')) as unknown;
    expect(template(children().deployment)).toEqual(golden);
  });

  test('get the time that both drains, the longest request and closing take', () => {
    const resource = {
      drainSeconds: 10,
      api: { auth: { mode: 'none' as const }, inlineMaxBytes: 0, requestTimeoutSeconds: 60 },
    };
    expect(template(children(resource).deployment).spec['terminationGracePeriodSeconds']).toBe(2 * 10 + 60 + 5);
  });

  test('keep the labels that they are found by, whatever labels are asked for', () => {
    const { deployment } = children({ podLabels: { team: 'a' } });
    expect(template(deployment)).toMatchObject({
      metadata: {
        labels: { team: 'a', 'app.kubernetes.io/name': 'document-service', 'app.kubernetes.io/instance': 'documents' },
      },
    });
  });
});

describe('the configuration', () => {
  test('that changes is another ConfigMap, which the pods name; the same stays the same', () => {
    const [before, same, after] = [children(), children({ replicas: 5 }), children({ logLevel: 'debug' })];
    const name = ({ configMap }: typeof before) => configMap?.metadata.name;
    expect(name(same)).toBe(name(before));
    expect(name(after)).not.toBe(name(before));
    expect(JSON.stringify(template(after.deployment))).toContain(`"configMapRef":{"name":"${name(after)}"}`);
  });

  test.each([
    { reason: 'no bucket', spec: {}, expected: { S3_BUCKET: '', S3_PREFIX: '', MAX_DOCUMENT_BYTES: '16777216' } },
    {
      reason: 'a bucket',
      spec: { content: { bucketName: 'b-1', prefix: 'd/' } },
      expected: { S3_BUCKET: 'b-1', S3_PREFIX: 'd/', MAX_DOCUMENT_BYTES: '104857600' },
    },
    { reason: 'no cache', spec: {}, expected: { REDIS_HOST: '', REDIS_KEY_PREFIX: '' } },
    {
      reason: 'a cache',
      spec: { cache: { host: 'r', port: 6379, tls: true, ttlSeconds: 9 } },
      expected: { REDIS_HOST: 'r', REDIS_TLS: 'true', CACHE_TTL_SECONDS: '9', REDIS_KEY_PREFIX: 'docsvc:documents:' },
    },
    {
      reason: 'auth that is not written stays unset',
      spec: { api: { inlineMaxBytes: 1, requestTimeoutSeconds: 1 } },
      expected: { AUTH_MODE: '' },
    },
  ])('$reason', ({ spec, expected }) => {
    expect(serviceEnvironment(documentService(spec).spec)).toMatchObject(expected);
  });
});

describe('the door and the identity', () => {
  test.each([
    { reason: 'a port that is asked for', nodePort: 30_080, ports: [{ nodePort: 30_080 }] },
    {
      reason: 'none, so that what Kubernetes chose stays',
      nodePort: undefined,
      ports: [expect.not.objectContaining({ nodePort: expect.anything() })],
    },
  ])('$reason', ({ nodePort, ports }) => {
    const { service } = children({
      service: { externalTrafficPolicy: 'Cluster', ...(nodePort === undefined ? {} : { nodePort }) },
    });
    expect(service?.['spec']).toMatchObject({ type: 'NodePort', ports });
  });

  test('a role is an annotation of the ServiceAccount, and only where it is given', () => {
    expect(children().serviceAccount?.metadata.annotations).toBeUndefined();
    const roleArn = 'arn:aws:iam::123456789012:role/r';
    const { serviceAccount } = children({ aws: { region: 'eu-central-1', roleArn } });
    expect(serviceAccount?.metadata.annotations).toEqual({ 'eks.amazonaws.com/role-arn': roleArn });
  });
});
