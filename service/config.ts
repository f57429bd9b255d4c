import { isIP } from 'node:net';
import { createVariableReader, type VariableReader } from './variable-reader.ts';
import type { Environment } from './variables.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Where documents go. */
export type StorageConfig =
  | { readonly kind: 'memory' }
  | {
      readonly kind: 'aws';
      readonly region: string;
      readonly table: string;
      readonly dynamodbEndpoint: string | undefined;
      readonly s3Endpoint: string | undefined;
      /** Without a bucket, contents are in DynamoDB. */
      readonly bucket: { readonly name: string; readonly prefix: string } | undefined;
    };

export interface CacheConfig {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly keyPrefix: string;
  readonly ttlMs: number;
}

/** Everything the program is told from outside. */
export interface Config {
  readonly storage: StorageConfig;
  /** Without it there is no cache. */
  readonly cache: CacheConfig | undefined;
  readonly host: string;
  readonly port: number;
  readonly metricsPort: number;
  readonly logLevel: (typeof logLevels)[number];
  readonly maxDocumentBytes: number;
  readonly inlineMaxBytes: number;
  readonly authMode: 'none';
  readonly drainMs: number;
  readonly requestTimeoutMs: number;
}

/** What is wrong with the environment: one line for each variable, with the remedy. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Without a bucket a document is at most 47 items of 350 KiB, read one after the other. */
const maxBytesWithoutBucket = 16 * 1024 * 1024;
/** 10,000 parts of 5 MiB (S3 user guide, "Amazon S3 multipart upload limits"). */
const maxBytesWithBucket = 10_000 * 5 * 1024 * 1024;
/** An item of DynamoDB has at most 400 KiB, of which 50 KiB are left for everything else in the row. */
const inlineLimitBytes = 350 * 1024;

/**
 * Reads the configuration (variables.ts lists what there is). Values of secrets are in no message.
 *
 * @throws ConfigError with every problem at once.
 */
export function readConfig(env: Environment): Config {
  const read = createVariableReader(env);
  const storage = readStorage(read);
  const withBucket = storage?.kind !== 'aws' || storage.bucket !== undefined;
  const maxBytes = withBucket ? maxBytesWithBucket : maxBytesWithoutBucket;
  const config = {
    storage,
    cache: readCache(read),
    host: read.text('HOST', '0.0.0.0', isHost, 'an IP address or a host name'),
    port: read.integer('PORT', 8080, 0, 65_535),
    metricsPort: read.integer('METRICS_PORT', 9090, 0, 65_535),
    logLevel: read.choice('LOG_LEVEL', logLevels, 'info'),
    maxDocumentBytes: read.integer('MAX_DOCUMENT_BYTES', Math.min(104_857_600, maxBytes), 1, maxBytes),
    inlineMaxBytes: read.integer('INLINE_MAX_BYTES', 8192, 0, inlineLimitBytes),
    authMode: read.choice('AUTH_MODE', ['none'] as const),
    drainMs: read.integer('DRAIN_SECONDS', 15, 0, 600) * 1000,
    requestTimeoutMs: read.integer('REQUEST_TIMEOUT_SECONDS', 30, 1, 3600) * 1000,
  };
  if (config.port !== 0 && config.port === config.metricsPort) {
    read.complain('METRICS_PORT', `is ${config.port}, as PORT is. Set another one; the default is 9090.`);
  }
  const { logLevel, authMode } = config;
  if (read.problems.length > 0 || storage === undefined || logLevel === undefined || authMode === undefined) {
    throw new ConfigError(read.problems);
  }
  return { ...config, storage, logLevel, authMode };
}

function readStorage(read: VariableReader): StorageConfig | undefined {
  const kind = read.choice('STORAGE', ['aws', 'memory'] as const);
  if (kind === 'memory') return { kind };
  const bucket = read.optional('S3_BUCKET', (value) => bucketName.test(value), 'the name of a bucket');
  const prefix = read.text(
    'S3_PREFIX',
    'documents/',
    (value) => keyPrefix.test(value),
    'plain characters, at most 200',
  );
  // Where the kind is not known, what is set still has to be right, but nothing is missing.
  const needed: VariableReader['optional'] = (...variable) =>
    kind === 'aws' ? read.required(...variable) : read.optional(...variable);
  const settings = {
    region: needed('AWS_REGION', (value) => regionName.test(value), 'a region such as eu-central-1') ?? '',
    table: needed('DYNAMODB_TABLE', (value) => tableName.test(value), 'the name of a table') ?? '',
    dynamodbEndpoint: read.optional('AWS_ENDPOINT_URL_DYNAMODB', isHttpUrl, 'an http or https URL'),
    s3Endpoint: read.optional('AWS_ENDPOINT_URL_S3', isHttpUrl, 'an http or https URL'),
    bucket: bucket === undefined ? undefined : { name: bucket, prefix },
  };
  return kind === undefined ? undefined : { kind, ...settings };
}

function readCache(read: VariableReader): CacheConfig | undefined {
  const host = read.optional('REDIS_HOST', isHost, 'a host name or an IP address');
  const rest = {
    port: read.integer('REDIS_PORT', 6379, 1, 65_535),
    tls: read.choice('REDIS_TLS', ['true', 'false'] as const, 'false') === 'true',
    username: read.optional('REDIS_USERNAME', () => true, 'a user name'),
    password: read.optional('REDIS_PASSWORD', () => true, 'a password'),
    keyPrefix: read.text(
      'REDIS_KEY_PREFIX',
      'docsvc:',
      (value) => keyPrefix.test(value),
      'plain characters, at most 200',
    ),
    ttlMs: read.integer('CACHE_TTL_SECONDS', 300, 1, 86_400) * 1000,
  };
  return host === undefined ? undefined : { host, ...rest };
}

const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const tableName = /^[A-Za-z0-9_.-]{3,255}$/;
const regionName = /^[a-z]{2,}(-[a-z0-9]+)+$/;
const keyPrefix = /^[A-Za-z0-9!_.*'()/:-]{0,200}$/;
/** Labels that begin and end with a letter or a digit (RFC 1123 section 2.1); a final dot makes the name absolute. */
const hostName = /^(?=.{1,254}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\.?$/;

function isHost(value: string): boolean {
  return isIP(value) !== 0 || hostName.test(value);
}

function isHttpUrl(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
}
