import { describe, expect, it } from 'vitest';
import { desiredDeployment } from '../operator/desired/deployment.ts';
import { serviceEnvironment } from '../operator/desired/config-map.ts';
import type { DocumentService } from '../operator/document-service.ts';
import { readConfig } from '../service/config.ts';
import { variables } from '../service/variables.ts';

/**
 * What the operator writes and the service reads. The two import nothing from each other; this is what holds them
 * together: a name that changes on one side alone fails here.
 */
const resource = {
  apiVersion: 'docservice.dev/v1',
  kind: 'DocumentService',
  metadata: { name: 'documents', namespace: 'default', uid: 'u', resourceVersion: '1', generation: 1 },
  spec: {
    image: 'localhost/document-service:1',
    imagePullPolicy: 'IfNotPresent',
    service: { nodePort: 30_080, externalTrafficPolicy: 'Cluster' },
    aws: { region: 'eu-central-1', endpoints: { dynamodb: 'http://10.89.0.4:8000', s3: 'http://10.89.0.5:9000' } },
    metadata: { tableName: 'documents' },
    content: { bucketName: 'documents', prefix: 'documents/' },
    cache: { host: 'redis.internal', port: 6380, tls: true, username: 'docs', keyPrefix: 'docs:', ttlSeconds: 77 },
    api: { auth: { mode: 'none' }, maxDocumentBytes: 1_000_000, inlineMaxBytes: 4096, requestTimeoutSeconds: 20 },
    resources: {},
    logLevel: 'warn',
    drainSeconds: 7,
  },
} as unknown as DocumentService;

interface PodTemplate {
  readonly spec: {
    readonly terminationGracePeriodSeconds: number;
    readonly containers: readonly {
      readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
      readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
    }[];
  };
}

describe('what the operator and the service agree on', () => {
  const environment = serviceEnvironment(resource.spec);
  const template = (desiredDeployment(resource, 'documents-1')['spec'] as { readonly template: PodTemplate }).template;
  const [container] = template.spec.containers;

  it('is every environment variable but secrets: none is written that nobody reads, none read that nobody writes', () => {
    const read: readonly { readonly name: string; readonly secret?: true }[] = variables;
    expect(Object.keys(environment).sort()).toEqual(
      read
        .filter(({ secret }) => !secret)
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('is what each variable means', () => {
    expect(readConfig(environment)).toEqual({
      storage: {
        kind: 'aws',
        region: 'eu-central-1',
        table: 'documents',
        dynamodbEndpoint: 'http://10.89.0.4:8000',
        s3Endpoint: 'http://10.89.0.5:9000',
        bucket: { name: 'documents', prefix: 'documents/' },
      },
      cache: {
        host: 'redis.internal',
        port: 6380,
        tls: true,
        username: 'docs',
        password: undefined,
        keyPrefix: 'docs:',
        ttlMs: 77_000,
      },
      host: '0.0.0.0',
      port: 8080,
      metricsPort: 9090,
      logLevel: 'warn',
      maxDocumentBytes: 1_000_000,
      inlineMaxBytes: 4096,
      authMode: 'none',
      drainMs: 7000,
      requestTimeoutMs: 20_000,
    });
  });

  it('is the ports that the container names', () => {
    const config = readConfig(environment);
    expect(container?.ports.map(({ name, containerPort }) => [name, containerPort])).toEqual([
      ['http', config.port],
      ['metrics', config.metricsPort],
    ]);
  });

  it('is how long a pod may take to end: both drains, the longest request, and some time to close', () => {
    const { drainMs, requestTimeoutMs } = readConfig(environment);
    const preStopMs = (container?.lifecycle.preStop.sleep.seconds ?? 0) * 1000;
    expect(template.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThanOrEqual(
      preStopMs + drainMs + requestTimeoutMs + 1000,
    );
  });

  it('is a configuration without cache and bucket too', () => {
    const { cache: _cache, content: _content, ...spec } = resource.spec;
    const config = readConfig(serviceEnvironment({ ...spec, api: { ...spec.api, maxDocumentBytes: 1000 } }));
    expect(config.cache).toBeUndefined();
    expect(config.storage).toMatchObject({ kind: 'aws', bucket: undefined });
  });
});
