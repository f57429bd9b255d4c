import {
  DeleteItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { firstChange, putWish, removeWish, someId } from '../test/builders.ts';
import { contentStoreContract } from '../test/content-store.contract.ts';
import { createTable } from '../test/engine-worlds.ts';
import { metadataAttemptsContract } from '../test/metadata-attempts.contract.ts';
import { metadataCommitsContract } from '../test/metadata-commits.contract.ts';
import { metadataPreconditionsContract } from '../test/metadata-preconditions.contract.ts';
import { createDynamoContents } from './dynamo-contents.ts';
import { createDynamoMetadata } from './dynamo-metadata.ts';
import { shardOf } from './dynamo-row.ts';

describe('rows in DynamoDB', () => {
  async function create() {
    const { clients, table } = await createTable();
    return createDynamoMetadata(clients, table, Date.now);
  }
  metadataCommitsContract(create);
  metadataPreconditionsContract(create);
  metadataAttemptsContract(create);
});

describe('contents in DynamoDB', () => {
  contentStoreContract(async () => {
    const { clients, table } = await createTable();
    return {
      store: createDynamoContents(clients, table),
      async pieces() {
        const { Count } = await clients.repeating.send(new ScanCommand({ TableName: table, Select: 'COUNT' }));
        return Count ?? 0;
      },
      async lose({ id, placement }, piece) {
        const last = placement.where === 'chunks' ? placement.chunks - 1 : 0;
        const Key = { pk: { S: `chunk#${id}#${piece === 'first' ? 0 : last}` } };
        await clients.repeating.send(new DeleteItemCommand({ TableName: table, Key }));
      },
    };
  });
});

describe('the table', () => {
  test('has the index of live documents and ends tombstones by their attribute exp', async () => {
    const { clients, table } = await createTable();
    const { Table } = await clients.once.send(new DescribeTableCommand({ TableName: table }));
    expect(Table?.GlobalSecondaryIndexes).toEqual([expect.objectContaining({ IndexName: 'live' })]);
    const ttl = await clients.once.send(new DescribeTimeToLiveCommand({ TableName: table }));
    expect(ttl.TimeToLiveDescription).toMatchObject({ AttributeName: 'exp', TimeToLiveStatus: 'ENABLED' });
  });

  test('lists a live document in the index under its shard, and no longer once it is removed', async () => {
    const { clients, table } = await createTable();
    const store = createDynamoMetadata(clients, table, Date.now);
    const id = someId();
    await store.commit(firstChange(putWish(id, 'one')));
    expect(await listed()).toEqual([
      expect.objectContaining({ id: { S: id }, len: { N: '3' }, ctype: { S: 'text/plain' } }),
    ]);
    await store.commit(firstChange(removeWish(id)));
    expect(await listed()).toEqual([]);

    async function listed() {
      const { Items } = await clients.once.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'live',
          KeyConditionExpression: '#shard = :shard',
          ExpressionAttributeNames: { '#shard': 'shard' },
          ExpressionAttributeValues: { ':shard': { S: shardOf(id) } },
        }),
      );
      return Items;
    }
  });
});
