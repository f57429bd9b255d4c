import type { DocumentService, DocumentServiceSpec } from '../document-service.ts';
import { contentHash } from './content-hash.ts';
import { childHead, type DesiredChild } from './child.ts';

/** Ports of the container. */
export const API_PORT = 8080;
export const METRICS_PORT = 9090;

const MAX_DOCUMENT_BYTES_WITH_BUCKET = 104_857_600;
/** Content in the table is cut into items; more of them than this holds would make one request too many. */
const MAX_DOCUMENT_BYTES_WITHOUT_BUCKET = 16_777_216;

/**
 * The environment of the document service. It cannot be changed: another configuration is another ConfigMap with
 * another name, which rolls the pods, while a pod of the old template still finds what it was started with.
 */
export function desiredConfigMap(resource: DocumentService): DesiredChild {
  const data = serviceEnvironment(resource.spec);
  const name = `${resource.metadata.name}-${contentHash(data)}`;
  return { ...childHead(resource, 'ConfigMap', { name }), immutable: true, data };
}

/** Every variable that the service reads; an empty string stands for one that is not set. */
export function serviceEnvironment(spec: DocumentServiceSpec): Readonly<Record<string, string>> {
  const { api, aws, cache, content, drainSeconds, logLevel, metadata } = spec;
  return {
    STORAGE: 'aws',
    HOST: '0.0.0.0',
    PORT: String(API_PORT),
    METRICS_PORT: String(METRICS_PORT),
    LOG_LEVEL: logLevel,
    AWS_REGION: aws.region,
    AWS_ENDPOINT_URL_DYNAMODB: aws.endpoints?.dynamodb ?? '',
    AWS_ENDPOINT_URL_S3: aws.endpoints?.s3 ?? '',
    DYNAMODB_TABLE: metadata.tableName,
    S3_BUCKET: content?.bucketName ?? '',
    S3_PREFIX: content?.prefix ?? '',
    ...cacheEnvironment(cache, metadata.tableName),
    MAX_DOCUMENT_BYTES: String(
      api.maxDocumentBytes ?? (content ? MAX_DOCUMENT_BYTES_WITH_BUCKET : MAX_DOCUMENT_BYTES_WITHOUT_BUCKET),
    ),
    INLINE_MAX_BYTES: String(api.inlineMaxBytes),
    AUTH_MODE: api.auth?.mode ?? '',
    DRAIN_SECONDS: String(drainSeconds),
    REQUEST_TIMEOUT_SECONDS: String(api.requestTimeoutSeconds),
  };
}

function cacheEnvironment(cache: DocumentServiceSpec['cache'], tableName: string): Readonly<Record<string, string>> {
  return {
    REDIS_HOST: cache?.host ?? '',
    REDIS_PORT: cache ? String(cache.port) : '',
    REDIS_TLS: cache ? String(cache.tls) : '',
    REDIS_USERNAME: cache?.username ?? '',
    REDIS_KEY_PREFIX: cache ? (cache.keyPrefix ?? defaultKeyPrefix(tableName)) : '',
    CACHE_TTL_SECONDS: cache ? String(cache.ttlSeconds) : '',
  };
}

/** Services with different tables on one server must never read each other's documents. The service takes 200 characters at most. */
function defaultKeyPrefix(tableName: string): string {
  return `docsvc:${tableName.length <= 150 ? tableName : contentHash(tableName)}:`;
}
