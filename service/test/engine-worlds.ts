import { CreateTableCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { createDynamoClients, createS3Clients, type DynamoClients } from '../adapters/aws-clients.ts';
import { tableDefinition, timeToLive } from '../adapters/dynamo-table.ts';
import type { CacheConfig } from '../config.ts';

/** Tests of what is stored are not about time: a busy machine must not fail them. */
const patienceMs = 20_000;

/** The clients find their credentials as they do in a pod without IRSA: in the environment. */
export function useEngineCredentials(): void {
  const { credentials } = inject('engines');
  process.env['AWS_ACCESS_KEY_ID'] = credentials.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = credentials.secretAccessKey;
}

/** A new, empty table as the service expects it. */
export async function createTable(): Promise<{ readonly clients: DynamoClients; readonly table: string }> {
  useEngineCredentials();
  const { dynamodb, region } = inject('engines');
  const clients = createDynamoClients({ region, endpoint: dynamodb, timeoutMs: patienceMs });
  const table = `documents-${randomUUID()}`;
  await clients.repeating.send(new CreateTableCommand({ TableName: table, ...tableDefinition }));
  await clients.repeating.send(new UpdateTimeToLiveCommand({ TableName: table, TimeToLiveSpecification: timeToLive }));
  return { clients, table };
}

/** A new, empty bucket. */
export async function createBucket(): Promise<{
  readonly client: ReturnType<typeof createS3Clients>['transfers'];
  readonly bucket: string;
}> {
  useEngineCredentials();
  const { s3, region } = inject('engines');
  const { transfers: client } = createS3Clients({ region, endpoint: s3, timeoutMs: patienceMs });
  const bucket = `documents-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return { client, bucket };
}

/** Keys of the shared Redis that no other test uses. */
export function cacheConfig(overrides: Partial<CacheConfig> = {}): CacheConfig {
  const { host, port } = inject('engines').redis;
  return {
    host,
    port,
    tls: false,
    username: undefined,
    password: undefined,
    keyPrefix: `${randomUUID()}:`,
    ttlMs: 60_000,
    ...overrides,
  };
}
