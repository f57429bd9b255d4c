import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { load } from 'js-yaml';
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

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string }[];
}

interface Definition {
  readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[] };
}

const definition = load(
  await readFile(new URL('../crds/documentservices.yaml', import.meta.url), 'utf8'),
) as Definition;

/** The schema of a field of spec, by its path. */
function schemaOf(path: readonly string[]): Schema {
  const root = definition.spec.versions[0]?.schema.openAPIV3Schema;
  const found = ['spec', ...path].reduce((node, name) => node?.properties?.[name], root);
  if (!found) throw new Error(`the definition has no field spec.${path.join('.')}`);
  return found;
}

/** Whether the API server takes a value: lengths, and the one kind of rule that these fields have. */
function isTaken({ minLength = 0, maxLength = 0, ...schema }: Schema, value: string): boolean {
  const rules = (schema['x-kubernetes-validations'] ?? []).map(({ rule }) => rule);
  const patterns = rules
    .filter((rule) => rule !== 'self == oldSelf')
    .map((rule) => {
      const { orIp, pattern } =
        /^(?<orIp>isIP\(self\) \|\| )?self\.matches\('(?<pattern>[^'\\]+)'\)$/.exec(rule)?.groups ?? {};
      if (pattern === undefined) throw new Error(`this test cannot read the rule ${rule}`);
      return (orIp !== undefined && isIP(value) !== 0) || new RegExp(pattern).test(value);
    });
  expect(patterns.length).toBeGreaterThan(0);
  return value.length >= minLength && value.length <= maxLength && patterns.every(Boolean);
}

/** The configuration of a service whose resource has this value in this field. */
function configWith([group = '', field]: readonly string[], value: unknown) {
  const spec = resource.spec as unknown as Readonly<Record<string, object>>;
  const changed = field === undefined ? value : { ...spec[group], [field]: value };
  return readConfig(serviceEnvironment({ ...resource.spec, [group]: changed }));
}

describe('a text that the API server takes is one that the service takes', () => {
  it.each([
    {
      path: ['cache', 'host'],
      taken: ['r', 'redis', 'a.b-c.example', 'redis.example.', '10.89.0.7', '::1', '2001:db8::7', 'R'.repeat(254)],
    },
    { path: ['cache', 'keyPrefix'], taken: ['a', ':', '!_.*()/:-', 'k'.repeat(200)] },
    { path: ['aws', 'region'], taken: ['eu-central-1', 'us-gov-west-1', 'us-iso-east-12'] },
    { path: ['metadata', 'tableName'], taken: ['abc', '...', '-_.', 't'.repeat(255)] },
    { path: ['content', 'bucketName'], taken: ['abc', '0.0', 'a-b.c', 'b'.repeat(63)] },
    { path: ['content', 'prefix'], taken: ['a/', './', '-_./x/', `${'p'.repeat(199)}/`] },
  ])('$path', ({ path, taken }) => {
    for (const value of taken) {
      expect([value, isTaken(schemaOf(path), value)]).toEqual([value, true]);
      expect(JSON.stringify(configWith(path, value))).toContain(JSON.stringify(value));
    }
  });

  it.each([
    {
      path: ['cache', 'host'],
      refused: [
        '',
        '-',
        '-redis',
        'redis-',
        '.redis',
        '.',
        'a..',
        'a..b',
        'a.-b',
        'a-.b',
        'a:1',
        ':',
        '::::',
        'a b',
        'a/b',
        'é',
        'R'.repeat(255),
      ],
    },
    { path: ['aws', 'region'], refused: ['', 'Frankfurt', 'eu-', '-eu-1', 'eu central 1'] },
    { path: ['metadata', 'tableName'], refused: ['', 'ab', 'a b', 'a/b', 't'.repeat(256)] },
    { path: ['content', 'bucketName'], refused: ['', 'ab', '-ab', 'ab-', 'A-b', 'b'.repeat(64)] },
  ])('$path: and what the service does not take is refused by the API server first', ({ path, refused }) => {
    for (const value of refused) {
      expect([value, isTaken(schemaOf(path), value)]).toEqual([value, false]);
    }
    // An empty variable is one that is not set, which is not this field's matter.
    for (const value of refused.filter((text) => text !== '')) {
      expect(() => configWith(path, value)).toThrow('The environment is not usable');
    }
  });
});

describe('the smallest and the largest number that the API server takes are ones that the service takes', () => {
  it.each([
    { path: ['cache', 'port'] },
    { path: ['cache', 'ttlSeconds'] },
    { path: ['api', 'maxDocumentBytes'] },
    { path: ['api', 'inlineMaxBytes'] },
    { path: ['api', 'requestTimeoutSeconds'] },
    { path: ['drainSeconds'] },
  ])('$path', ({ path }) => {
    const { minimum, maximum } = schemaOf(path);
    expect([minimum, maximum]).toEqual([expect.any(Number), expect.any(Number)]);
    for (const value of [minimum, maximum]) expect(() => configWith(path, value)).not.toThrow();
  });
});
