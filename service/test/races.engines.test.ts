import { describe } from 'vitest';
import { createDynamoContents } from '../adapters/dynamo-contents.ts';
import { createDynamoMetadata } from '../adapters/dynamo-metadata.ts';
import { createRedisCache } from '../adapters/redis-cache.ts';
import { createS3Contents } from '../adapters/s3-contents.ts';
import type { ContentStore } from '../stores.ts';
import { cacheConfig, createBucket, createTable } from './engine-worlds.ts';
import type { Received, Sent } from './http-client.ts';
import { racesContract } from './races.contract.ts';
import { startService } from './service-world.ts';

/** A cache that is late is another matter: then one of the two may see for a moment what the other one replaced. */
const patienceMs = 10_000;

/** Two services on the same table, contents and cache, that take turns. */
async function startTwo(
  contentsIn: 'S3' | 'DynamoDB',
): Promise<AsyncDisposable & { send(sent: Sent): Promise<Received> }> {
  const { clients, table } = await createTable();
  const { client, bucket } = await createBucket();
  const contents: ContentStore =
    contentsIn === 'S3'
      ? createS3Contents({ transfers: client, probes: client }, { name: bucket, prefix: '' })
      : createDynamoContents(clients, table);
  const config = cacheConfig();
  const start = async () => {
    const cache = createRedisCache(config, Date.now, patienceMs);
    const metadata = createDynamoMetadata(clients, table, Date.now);
    const service = await startService({ cache, metadata: () => metadata, contents: () => contents });
    return { cache, service };
  };
  const both = [await start(), await start()];
  let turn = 0;
  return {
    send(sent) {
      turn += 1;
      const { service } = both[turn % 2] ?? both[0] ?? unreachable();
      return service.send(sent);
    },
    async [Symbol.asyncDispose]() {
      for (const { cache, service } of both) {
        await service[Symbol.asyncDispose]();
        cache.close();
      }
    },
  };
}

function unreachable(): never {
  throw new Error('there are two services');
}

describe('two services with contents in S3', () => {
  racesContract(() => startTwo('S3'));
});

describe('two services with contents in DynamoDB', () => {
  racesContract(() => startTwo('DynamoDB'));
});
