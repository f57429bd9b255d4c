import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { S3Client } from '@aws-sdk/client-s3';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../stand-ins/credentials.ts';
import { ensureBucket } from './bucket.ts';
import { ensureReplicationGroup } from './replication-group.ts';
import { ensureTable } from './table.ts';

/** What Terraform makes in AWS for one document service, and where the stand-ins answer (`http://ADDRESS:PORT`). */
export interface AwsResources {
  readonly dynamodbUrl: string;
  readonly tableName: string;
  readonly s3Url: string;
  readonly bucketName: string;
  readonly elasticacheUrl: string;
  readonly replicationGroupId: string;
}

/** Makes table, bucket and replication group in the stand-ins; what is there already stays as it is. */
export async function ensureResources(resources: AwsResources): Promise<void> {
  const account = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  const dynamodb = new DynamoDBClient({ ...account, endpoint: resources.dynamodbUrl });
  const s3 = new S3Client({
    ...account,
    endpoint: resources.s3Url,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const elasticache = new ElastiCacheClient({ ...account, endpoint: resources.elasticacheUrl });
  try {
    await Promise.all([
      ensureTable(dynamodb, resources.tableName),
      ensureBucket(s3, resources.bucketName),
      ensureReplicationGroup(elasticache, resources.replicationGroupId),
    ]);
  } finally {
    for (const client of [dynamodb, s3, elasticache]) client.destroy();
  }
}
