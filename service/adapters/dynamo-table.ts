import type { CreateTableCommandInput, UpdateTimeToLiveCommandInput } from '@aws-sdk/client-dynamodb';

/** The table that the service expects, without its name. Terraform makes it; a test compares the two. */
export const tableDefinition = {
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'shard', AttributeType: 'S' },
    { AttributeName: 'id', AttributeType: 'S' },
  ],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [
    {
      // Only live documents have a shard, so only they are in the index.
      IndexName: 'live',
      KeySchema: [
        { AttributeName: 'shard', KeyType: 'HASH' },
        { AttributeName: 'id', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['ver', 'len', 'ctype', 'sha256', 'modified'] },
    },
  ],
  BillingMode: 'PAY_PER_REQUEST',
} as const satisfies Omit<CreateTableCommandInput, 'TableName'>;

/** Tombstones end by themselves, at the Unix second in `exp`. */
export const timeToLive = {
  AttributeName: 'exp',
  Enabled: true,
} as const satisfies UpdateTimeToLiveCommandInput['TimeToLiveSpecification'];

/** Documents are spread over this many partitions of the index. */
export const shardCount = 16;
