import { randomUUID } from 'node:crypto';
import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeReplicationGroupsCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, expect, inject, test } from 'vitest';
import { ensureResources, type AwsResources } from './resources.ts';
import { DOCUMENTS_TABLE } from './table.ts';

const { dynamodb, s3, aws, region, credentials } = inject('engines');
const account = { region, credentials };
let resources: AwsResources;

beforeEach(async () => {
  const name = `resources-${randomUUID().slice(0, 8)}`;
  resources = {
    dynamodbUrl: dynamodb,
    tableName: name,
    s3Url: s3,
    bucketName: name,
    elasticacheUrl: aws,
    replicationGroupId: name,
  };
  await ensureResources(resources);
});

test('the table has the key, the index and the billing of its definition, and no more', async () => {
  const client = new DynamoDBClient({ ...account, endpoint: dynamodb });
  const { Table } = await client.send(new DescribeTableCommand({ TableName: resources.tableName }));
  expect(Table).toMatchObject({
    TableStatus: 'ACTIVE',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    BillingModeSummary: { BillingMode: DOCUMENTS_TABLE.billingMode },
    GlobalSecondaryIndexes: [
      {
        IndexName: 'live',
        IndexStatus: 'ACTIVE',
        KeySchema: [
          { AttributeName: 'shard', KeyType: 'HASH' },
          { AttributeName: 'id', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE' },
      },
    ],
  });
  const projected = Table?.GlobalSecondaryIndexes?.[0]?.Projection?.NonKeyAttributes ?? [];
  expect(projected.toSorted()).toEqual(['ctype', 'len', 'modified', 'sha256', 'ver']);
  expect(Table?.LocalSecondaryIndexes ?? []).toEqual([]);
});

test('rows of the table expire by their attribute exp', async () => {
  const client = new DynamoDBClient({ ...account, endpoint: dynamodb });
  const { TimeToLiveDescription } = await client.send(
    new DescribeTimeToLiveCommand({ TableName: resources.tableName }),
  );
  expect(TimeToLiveDescription).toEqual({ AttributeName: 'exp', TimeToLiveStatus: 'ENABLED' });
});

test('the bucket is there', async () => {
  const client = new S3Client({ ...account, endpoint: s3, forcePathStyle: true });
  const head = await client.send(new HeadBucketCommand({ Bucket: resources.bucketName }));
  expect(head.$metadata.httpStatusCode).toBe(200);
});

test('the cache is described as available, with a primary endpoint', async () => {
  const client = new ElastiCacheClient({ ...account, endpoint: aws });
  const { ReplicationGroups } = await client.send(
    new DescribeReplicationGroupsCommand({ ReplicationGroupId: resources.replicationGroupId }),
  );
  expect(ReplicationGroups).toMatchObject([
    { Status: 'available', NodeGroups: [{ PrimaryEndpoint: { Address: expect.any(String) } }] },
  ]);
});

test('making everything again changes nothing and is no error', async () => {
  await expect(ensureResources(resources)).resolves.toBeUndefined();
});
