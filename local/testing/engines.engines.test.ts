import { ListTablesCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeReplicationGroupsCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { Redis } from 'ioredis';
import { expect, inject, test } from 'vitest';

const { dynamodb, s3, aws, redis, region, credentials } = inject('engines');

test('each engine answers the client that the programs use', async () => {
  const tables = await new DynamoDBClient({ region, credentials, endpoint: dynamodb }).send(new ListTablesCommand({}));
  expect(tables.TableNames).toBeInstanceOf(Array);

  const buckets = await new S3Client({ region, credentials, endpoint: s3, forcePathStyle: true }).send(
    new ListBucketsCommand({}),
  );
  expect(buckets.$metadata.httpStatusCode).toBe(200);

  const groups = await new ElastiCacheClient({ region, credentials, endpoint: aws }).send(
    new DescribeReplicationGroupsCommand({}),
  );
  expect(groups.ReplicationGroups).toBeInstanceOf(Array);

  const client = new Redis(redis);
  expect(await client.ping()).toBe('PONG');
  client.disconnect();
});

test('S3 refuses a key that it does not know, so a wrong secret does not go unnoticed', async () => {
  const stranger = { ...credentials, secretAccessKey: 'wrong' };
  const client = new S3Client({ region, credentials: stranger, endpoint: s3, forcePathStyle: true });
  await expect(client.send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
});
