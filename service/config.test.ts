import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, type Config } from './config.ts';
import { variables, type Environment } from './variables.ts';

const memory: Environment = { STORAGE: 'memory', AUTH_MODE: 'none' };
const aws: Environment = { STORAGE: 'aws', AUTH_MODE: 'none', AWS_REGION: 'eu-central-1', DYNAMODB_TABLE: 'documents' };

function problemsOf(env: Environment): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('defaults', () => {
  test('with memory, two variables are enough', () => {
    expect(readConfig(memory)).toEqual({
      storage: { kind: 'memory' },
      cache: undefined,
      host: '0.0.0.0',
      port: 8080,
      metricsPort: 9090,
      logLevel: 'info',
      maxDocumentBytes: 104_857_600,
      inlineMaxBytes: 8192,
      authMode: 'none',
      drainMs: 15_000,
      requestTimeoutMs: 30_000,
    } satisfies Config);
  });

  test('with aws and a bucket', () => {
    expect(readConfig({ ...aws, S3_BUCKET: 'my-bucket' })).toMatchObject({
      storage: {
        kind: 'aws',
        region: 'eu-central-1',
        table: 'documents',
        dynamodbEndpoint: undefined,
        s3Endpoint: undefined,
        bucket: { name: 'my-bucket', prefix: 'documents/' },
      },
      maxDocumentBytes: 104_857_600,
    });
  });

  test('without a bucket the largest document is 16 MiB', () => {
    expect(readConfig(aws)).toMatchObject({ storage: { bucket: undefined }, maxDocumentBytes: 16_777_216 });
  });

  test('of a cache', () => {
    expect(readConfig({ ...memory, REDIS_HOST: 'redis' }).cache).toEqual({
      host: 'redis',
      port: 6379,
      tls: false,
      username: undefined,
      password: undefined,
      keyPrefix: 'docsvc:',
      ttlMs: 300_000,
    });
  });
});

test('everything can be set', () => {
  const config = readConfig({
    ...aws,
    S3_BUCKET: 'my-bucket',
    S3_PREFIX: 'a/b/',
    AWS_ENDPOINT_URL_DYNAMODB: 'http://10.89.0.4:8000',
    AWS_ENDPOINT_URL_S3: 'https://s3.example',
    HOST: '127.0.0.1',
    PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: 'silent',
    REDIS_HOST: '10.89.0.7',
    REDIS_PORT: '6380',
    REDIS_TLS: 'true',
    REDIS_USERNAME: 'service',
    REDIS_PASSWORD: 'secret',
    REDIS_KEY_PREFIX: 'x:',
    CACHE_TTL_SECONDS: '1',
    MAX_DOCUMENT_BYTES: '52428800000',
    INLINE_MAX_BYTES: '0',
    DRAIN_SECONDS: '0',
    REQUEST_TIMEOUT_SECONDS: '3600',
  });
  expect(config).toMatchObject({
    storage: {
      bucket: { prefix: 'a/b/' },
      dynamodbEndpoint: 'http://10.89.0.4:8000',
      s3Endpoint: 'https://s3.example',
    },
    cache: { port: 6380, tls: true, username: 'service', password: 'secret', keyPrefix: 'x:', ttlMs: 1000 },
    maxDocumentBytes: 52_428_800_000,
    inlineMaxBytes: 0,
    drainMs: 0,
    requestTimeoutMs: 3_600_000,
  });
});

test('an empty variable counts as not set', () => {
  const empty = Object.fromEntries(variables.map(({ name }) => [name, '']));
  expect(readConfig({ ...empty, ...memory })).toEqual(readConfig(memory));
  expect(problemsOf(empty)).toEqual(problemsOf({}));
});

test.each(['redis', 'redis.example', 'redis.example.', '10.89.0.7', '::1', 'r'])('a host may be %s', (host) => {
  expect(readConfig({ ...memory, REDIS_HOST: host }).cache?.host).toBe(host);
});

test.each(['-redis', 'redis-', '.redis', '.', 'redis..', 'redis.-', 'a_b'])('a host may not be %s', (host) => {
  expect(problemsOf({ ...memory, REDIS_HOST: host })).toHaveLength(1);
});

describe('what is wrong is said with its remedy', () => {
  test.each([
    { env: {}, says: ['STORAGE is not set. Set it to "aws" or "memory".', 'AUTH_MODE is not set. Set it to "none".'] },
    { env: { ...memory, AUTH_MODE: 'apiKey' }, says: ['AUTH_MODE is "apiKey". Set it to "none".'] },
    {
      env: { STORAGE: 'aws', AUTH_MODE: 'none' },
      says: [
        'AWS_REGION is not set. Set it to a region such as eu-central-1.',
        'DYNAMODB_TABLE is not set. Set it to the name of a table.',
      ],
    },
    { env: { ...memory, PORT: '65536' }, says: ['PORT is "65536". Set it to a whole number from 0 to 65535.'] },
    { env: { ...memory, PORT: '80x' }, says: ['PORT is "80x". Set it to a whole number from 0 to 65535.'] },
    { env: { ...memory, PORT: '-1' }, says: ['PORT is "-1". Set it to a whole number from 0 to 65535.'] },
    {
      env: { ...memory, DRAIN_SECONDS: '1.5' },
      says: ['DRAIN_SECONDS is "1.5". Set it to a whole number from 0 to 600.'],
    },
    {
      env: { ...memory, PORT: '9090' },
      says: ['METRICS_PORT is 9090, as PORT is. Set another one; the default is 9090.'],
    },
    {
      env: { ...aws, MAX_DOCUMENT_BYTES: '16777217' },
      says: ['MAX_DOCUMENT_BYTES is "16777217". Set it to a whole number from 1 to 16777216.'],
    },
    {
      env: { ...memory, INLINE_MAX_BYTES: '358401' },
      says: ['INLINE_MAX_BYTES is "358401". Set it to a whole number from 0 to 358400.'],
    },
    {
      env: { ...memory, LOG_LEVEL: 'verbose' },
      says: [
        'LOG_LEVEL is "verbose". Set it to "trace" or "debug" or "info" or "warn" or "error" or "fatal" or "silent".',
      ],
    },
    { env: { ...memory, REDIS_TLS: 'yes' }, says: ['REDIS_TLS is "yes". Set it to "true" or "false".'] },
    { env: { ...memory, REDIS_HOST: 'a b' }, says: ['REDIS_HOST is "a b". Set it to a host name or an IP address.'] },
    {
      env: { ...aws, AWS_ENDPOINT_URL_S3: 's3.local:9000' },
      says: ['AWS_ENDPOINT_URL_S3 is "s3.local:9000". Set it to an http or https URL.'],
    },
    { env: { ...aws, S3_BUCKET: 'My_Bucket' }, says: ['S3_BUCKET is "My_Bucket". Set it to the name of a bucket.'] },
  ])('$says', ({ env, says }) => {
    expect(problemsOf(env)).toEqual(says);
  });

  test.each([undefined, 'disk'])('also what only one kind of storage needs, where the kind is %s', (kind) => {
    const env = {
      ...memory,
      STORAGE: kind,
      AWS_REGION: '?',
      AWS_ENDPOINT_URL_DYNAMODB: 'dynamodb',
      AWS_ENDPOINT_URL_S3: 's3',
      DYNAMODB_TABLE: '!',
      S3_BUCKET: 'My_Bucket',
      S3_PREFIX: '#',
    };
    const named = new Set(['STORAGE', ...Object.keys(env).slice(2)]);
    expect(new Set(problemsOf(env).map((problem) => problem.split(' ', 1)[0]))).toEqual(named);
    expect(problemsOf({ ...env, STORAGE: 'memory' })).toEqual([]);
  });

  test('all of it at once, and in one message', () => {
    const env = { STORAGE: 'disk', PORT: 'x', REDIS_PORT: '0', CACHE_TTL_SECONDS: '-5', HOST: '!' };
    expect(problemsOf(env)).toHaveLength(6);
    expect(() => readConfig(env)).toThrow(/STORAGE(.|\n)*HOST(.|\n)*AUTH_MODE/);
  });
});

test('README.md lists every variable with its meaning and its default', async () => {
  const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
  const rows = variables.map((variable) => {
    const secret = 'secret' in variable ? ' (from a Secret)' : '';
    return `| \`${variable.name}\` | ${variable.meaning}${secret} | ${variable.fallback} |`;
  });
  // The formatter pads the cells.
  expect(readme.replaceAll(/ +/g, ' ')).toContain(rows.join('\n'));
});
