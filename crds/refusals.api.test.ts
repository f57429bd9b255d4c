import { describe, expect, test } from 'vitest';
import { DOCUMENT_SERVICES } from '../operator/document-service.ts';
import { apiWorld } from '../operator/test/api-world.ts';
import { manifest } from '../operator/test/manifests.ts';
import { refusal } from '../operator/test/refusal.ts';

const cache = (fields: object) => ({ cache: { host: 'redis', ...fields } });
const env = (...entries: readonly object[]) => ({ env: entries });

describe('a wrong resource is refused, with the field and what to write instead', () => {
  test.each([
    {
      reason: 'below the range',
      spec: { service: { nodePort: 80 } },
      says: ['spec.service.nodePort', 'nodePort must be between 30000 and 32767; leave it out'],
    },
    {
      reason: 'above the range',
      spec: { service: { nodePort: 32_768 } },
      says: ['spec.service.nodePort', 'between 30000 and 32767'],
    },
    { reason: 'no port', spec: { service: { nodePort: 'http' } }, says: ['spec.service.nodePort', 'integer'] },
    {
      reason: 'unknown policy',
      spec: { service: { externalTrafficPolicy: 'Nearby' } },
      says: ['spec.service.externalTrafficPolicy', '"Cluster", "Local"'],
    },
    {
      reason: 'auth not written',
      spec: { api: {} },
      says: ['spec.api.auth', 'api.auth.mode has to be written; its one value is none'],
    },
    { reason: 'api not written', spec: { api: undefined }, says: ['spec.api.auth', 'api.auth.mode has to be written'] },
    {
      reason: 'auth mode not written',
      spec: { api: { auth: {} } },
      says: ['spec.api.auth', 'api.auth.mode has to be written'],
    },
    {
      reason: 'unknown mode',
      spec: { api: { auth: { mode: 'open' } } },
      says: ['spec.api.auth.mode', 'supported values: "none"'],
    },
    {
      reason: 'too large without a bucket',
      spec: { api: { auth: { mode: 'none' }, maxDocumentBytes: 16_777_217 } },
      says: ['spec.api.maxDocumentBytes', 'lower maxDocumentBytes or set content.bucketName'],
    },
    { reason: 'no image', spec: { image: undefined }, says: ['spec.image', 'Required value'] },
    { reason: 'empty image', spec: { image: '' }, says: ['spec.image', 'at least 1 chars'] },
    {
      reason: 'image with a space',
      spec: { image: 'a b' },
      says: ['spec.image', 'image must be an image reference without spaces'],
    },
    { reason: 'no region', spec: { aws: {} }, says: ['spec.aws.region', 'Required value'] },
    {
      reason: 'region as people say it',
      spec: { aws: { region: 'Frankfurt' } },
      says: ['spec.aws.region', 'such as eu-central-1'],
    },
    {
      reason: 'name of a role',
      spec: { aws: { region: 'eu-central-1', roleArn: 'documents' } },
      says: ['spec.aws.roleArn', 'such as arn:aws:iam::123456789012:role/documents'],
    },
    {
      reason: 'ARN of a user',
      spec: { aws: { region: 'eu-central-1', roleArn: 'arn:aws:iam::123456789012:user/x' } },
      says: ['spec.aws.roleArn', 'must be the ARN of an IAM role'],
    },
    {
      reason: 'endpoint without scheme',
      spec: { aws: { region: 'eu-central-1', endpoints: { s3: 's3.local:9000' } } },
      says: ['spec.aws.endpoints.s3', 'must be a URL such as https://'],
    },
    {
      reason: 'endpoint of another scheme',
      spec: { aws: { region: 'eu-central-1', endpoints: { dynamodb: 'ftp://x' } } },
      says: ['spec.aws.endpoints.dynamodb', 'must be a URL such as https://'],
    },
    {
      reason: 'endpoint without a host',
      spec: { aws: { region: 'eu-central-1', endpoints: { dynamodb: 'http://' } } },
      says: ['spec.aws.endpoints.dynamodb', 'must be a URL such as https://'],
    },
    {
      reason: 'endpoint of a port that there is not',
      spec: { aws: { region: 'eu-central-1', endpoints: { s3: 'http://s3.local:65536' } } },
      says: ['spec.aws.endpoints.s3', 'must be a URL such as https://'],
    },
    {
      reason: 'table too short',
      spec: { metadata: { tableName: 'ab' } },
      says: ['spec.metadata.tableName', '3 to 255 letters'],
    },
    {
      reason: 'table with a slash',
      spec: { metadata: { tableName: 'a/b/c' } },
      says: ['spec.metadata.tableName', "digits, '_', '-' or '.'"],
    },
    {
      reason: 'bucket in capitals',
      spec: { content: { bucketName: 'Documents' } },
      says: ['spec.content.bucketName', '3 to 63 lower-case letters'],
    },
    {
      reason: 'prefix without a slash',
      spec: { content: { bucketName: 'documents', prefix: 'documents' } },
      says: ['spec.content.prefix', "each followed by '/'"],
    },
    {
      reason: 'host with a port',
      spec: cache({ host: 'redis:6379' }),
      says: ['spec.cache.host', 'the port has its own field'],
    },
    {
      reason: 'host with a scheme',
      spec: cache({ host: 'rediss://redis' }),
      says: ['spec.cache.host', 'without scheme and port'],
    },
    {
      reason: 'host that begins with a hyphen',
      spec: cache({ host: '-redis' }),
      says: ['spec.cache.host', 'must be a host name or an address'],
    },
    {
      reason: 'host of two final dots',
      spec: cache({ host: 'redis..' }),
      says: ['spec.cache.host', 'must be a host name or an address'],
    },
    {
      reason: 'address that is none',
      spec: cache({ host: 'fd00::1::2' }),
      says: ['spec.cache.host', 'must be a host name or an address'],
    },
    { reason: 'no such port', spec: cache({ port: 70_000 }), says: ['spec.cache.port', '65535'] },
    {
      reason: 'no time to live',
      spec: cache({ ttlSeconds: 0 }),
      says: ['spec.cache.ttlSeconds', 'greater than or equal to 1'],
    },
    {
      reason: 'key prefix with braces',
      spec: cache({ keyPrefix: '{a}' }),
      says: ['spec.cache.keyPrefix', 'keyPrefix may have letters'],
    },
    {
      reason: 'variable of the operator',
      spec: env({ name: 'S3_BUCKET', value: 'x' }),
      says: ['spec.env', 'use the field of spec that stands for it'],
    },
    {
      reason: 'variable twice',
      spec: env({ name: 'A', value: 'x' }, { name: 'A', value: 'y' }),
      says: ['spec.env[1]', 'Duplicate value'],
    },
    {
      reason: 'label of the operator',
      spec: { podLabels: { 'app.kubernetes.io/name': 'x' } },
      says: ['spec.podLabels', 'which the operator sets itself'],
    },
    {
      reason: 'no quantity',
      spec: { resources: { limits: { memory: 'much' } } },
      says: ['spec.resources.limits.memory', 'should match'],
    },
    { reason: 'negative replicas', spec: { replicas: -1 }, says: ['spec.replicas', 'greater than or equal to 0'] },
    { reason: 'unknown level', spec: { logLevel: 'verbose' }, says: ['spec.logLevel', '"debug"'] },
    { reason: 'no drain', spec: { drainSeconds: 0 }, says: ['spec.drainSeconds', 'greater than or equal to 1'] },
  ])('$reason', async ({ spec, says }) => {
    const world = await apiWorld();
    const message = await refusal(world.create(DOCUMENT_SERVICES, manifest('documents', spec)));
    for (const words of says) expect(message).toContain(words);
  });

  test.each(['Documents', '1st', 'a'.repeat(53), 'a.b'])('name %s', async (name) => {
    const world = await apiWorld();
    const message = await refusal(world.create(DOCUMENT_SERVICES, manifest(name)));
    expect(message).toMatch(/metadata.name must be a DNS-1035 label of at most 52 characters|RFC 1123/);
  });
});
