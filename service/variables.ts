/** Environment variables by name. An empty string counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One environment variable, as the program reads it and as README.md documents it. */
export interface Variable {
  readonly name: string;
  readonly meaning: string;
  /** What stands where it is not set, as text; `required` says that something has to be set. */
  readonly fallback: string;
  /** Whether it comes from a Secret rather than from the ConfigMap that the operator writes. */
  readonly secret?: true;
}

/** Every variable that the service reads, in the order of the documentation. */
export const variables = [
  { name: 'STORAGE', meaning: '`aws`, or `memory`: nothing is kept', fallback: 'required' },
  { name: 'HOST', meaning: 'address to listen on', fallback: '0.0.0.0' },
  { name: 'PORT', meaning: 'port of the API and the probes; 0 takes any free one', fallback: '8080' },
  { name: 'METRICS_PORT', meaning: 'port of `/metrics`; 0 takes any free one', fallback: '9090' },
  { name: 'LOG_LEVEL', meaning: '`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`', fallback: 'info' },
  { name: 'AWS_REGION', meaning: 'region of the table and the bucket', fallback: 'required with aws' },
  { name: 'AWS_ENDPOINT_URL_DYNAMODB', meaning: 'another endpoint for DynamoDB, for stand-ins', fallback: 'unset' },
  {
    name: 'AWS_ENDPOINT_URL_S3',
    meaning: 'another endpoint for S3, for stand-ins: path-style addresses, checksums only where required',
    fallback: 'unset',
  },
  { name: 'DYNAMODB_TABLE', meaning: 'table of the rows', fallback: 'required with aws' },
  { name: 'S3_BUCKET', meaning: 'bucket of the contents; without one they are in DynamoDB', fallback: 'unset' },
  { name: 'S3_PREFIX', meaning: 'what the keys in the bucket begin with', fallback: 'documents/' },
  { name: 'REDIS_HOST', meaning: 'host of the cache; without one there is no cache', fallback: 'unset' },
  { name: 'REDIS_PORT', meaning: 'port of the cache', fallback: '6379' },
  { name: 'REDIS_TLS', meaning: '`true` or `false`', fallback: 'false' },
  { name: 'REDIS_USERNAME', meaning: 'user of the cache', fallback: 'unset' },
  { name: 'REDIS_PASSWORD', meaning: 'password of the cache', fallback: 'unset', secret: true },
  { name: 'REDIS_KEY_PREFIX', meaning: 'what the keys in the cache begin with', fallback: 'docsvc:' },
  { name: 'CACHE_TTL_SECONDS', meaning: 'how long a cache entry lives, 1 to 86400', fallback: '300' },
  {
    name: 'MAX_DOCUMENT_BYTES',
    meaning: 'largest document; at most 16777216 without a bucket, 52428800000 with one',
    fallback: '104857600 (16777216 without a bucket)',
  },
  { name: 'INLINE_MAX_BYTES', meaning: 'content up to this size lives in the row; at most 358400', fallback: '8192' },
  { name: 'AUTH_MODE', meaning: 'only `none` for now; it has to be written', fallback: 'required' },
  {
    name: 'DRAIN_SECONDS',
    meaning: 'after SIGTERM: how long to go on serving, with `Connection: close`, before closing; 0 to 600',
    fallback: '15',
  },
  {
    name: 'REQUEST_TIMEOUT_SECONDS',
    meaning: 'longest request, from its first byte to the last of the response; 1 to 3600',
    fallback: '30',
  },
] as const satisfies readonly Variable[];

export type VariableName = (typeof variables)[number]['name'];
