import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleDocumentService } from '../local/sample.ts';
import { createDocuments } from './test/documents.ts';
import { eventually } from './test/eventually.ts';
import { createWorld } from './test/world.ts';

describe('a deleted resource', () => {
  const world = createWorld();
  const { sample, nodes } = world.facts;
  const { namespace, region, credentials } = sample;
  const name = 'short-lived';
  const settings = { ...sample, name, nodePort: 30_081 };
  const direct = createDocuments(`http://${nodes[0]?.address}:${settings.nodePort}`);
  const dynamodb = new DynamoDBClient({
    region,
    credentials,
    endpoint: `http://${sample.dynamodb.address}:${sample.dynamodb.port}`,
  });
  const s3 = new S3Client({
    region,
    credentials,
    endpoint: `http://${sample.s3.address}:${sample.s3.port}`,
    forcePathStyle: true,
  });
  /** What is there of the resource, as `pod/NAME`. */
  const children = async (): Promise<readonly string[]> => {
    const kinds = 'deployments,replicasets,services,configmaps,serviceaccounts,pods';
    const selector = `app.kubernetes.io/instance=${name}`;
    const names = await world.kubectl.run(['get', kinds, '-n', namespace, '-l', selector, '-o', 'name']);
    return names.split('\n').filter((line) => line !== '');
  };
  beforeAll(async () => {
    await world.kubectl.apply([sampleDocumentService(settings)]);
    await world.ready(2, name);
  });
  afterAll(async () => {
    await direct.close();
    dynamodb.destroy();
    s3.destroy();
  });

  it('takes its children with it and leaves the documents in the stores', async () => {
    const id = world.freshId('survivor');
    const large = randomBytes(100_000);
    await eventually(async () => expect((await direct.put(id, large)).status).toBeLessThan(300), 30_000);
    // One of each at least, or finding none of them afterwards would prove nothing.
    const kindsBefore = new Set((await children()).map((child) => child.replace(/\/.*/, '')));
    expect([...kindsBefore].toSorted()).toEqual(
      ['configmap', 'deployment.apps', 'pod', 'replicaset.apps', 'service', 'serviceaccount'].toSorted(),
    );

    await world.kubectl.run(['delete', 'documentservice', name, '-n', namespace, '--timeout=60s']);
    await eventually(async () => expect(await children()).toEqual([]), 90_000);

    const row = await dynamodb.send(
      new GetItemCommand({ TableName: sample.tableName, Key: { pk: { S: `doc#${id}` } }, ConsistentRead: true }),
    );
    expect(row.Item?.['state']?.S).toBe('L');
    const objects = await s3.send(new ListObjectsV2Command({ Bucket: sample.bucketName }));
    expect(objects.Contents?.map(({ Size }) => Size)).toContain(large.length);

    // The other resource uses the same table and bucket, and reads what the deleted one stored.
    const documents = world.documents();
    expect((await documents.get(id)).body.equals(large)).toBe(true);
    await documents.close();
  });
});
