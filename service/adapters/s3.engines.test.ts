import {
  DeleteObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, inject, test } from 'vitest';
import { newContentId } from '../attempts.ts';
import { checkDocumentId, hashOfId } from '../document-id.ts';
import { blocksOf, randomBytes } from '../test/builders.ts';
import { contentStoreContract, type ContentStoreUnderTest } from '../test/content-store.contract.ts';
import { createBucket } from '../test/engine-worlds.ts';
import { createS3Contents } from './s3-contents.ts';

function underTest(client: S3Client, bucket: string): ContentStoreUnderTest {
  return {
    store: createS3Contents({ transfers: client, probes: client }, { name: bucket, prefix: 'documents/' }),
    async pieces() {
      const objects = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
      const uploads = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return (objects.KeyCount ?? 0) + (uploads.Uploads?.length ?? 0);
    },
    async lose({ placement }) {
      if (placement.where !== 's3') throw new Error('not in S3');
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: placement.key }));
    },
  };
}

describe('contents in S3, with checksums where they are required', () => {
  contentStoreContract(async () => {
    const { client, bucket } = await createBucket();
    return underTest(client, bucket);
  });
});

describe('contents in S3, with checksums everywhere, as on AWS', () => {
  contentStoreContract(async () => {
    const { bucket } = await createBucket();
    const { s3, region } = inject('engines');
    return underTest(new S3Client({ region, endpoint: s3, forcePathStyle: true }), bucket);
  });
});

describe('objects', () => {
  test.each([
    { reason: 'one part', bytes: 10 },
    { reason: 'several parts', bytes: 11 * 1024 * 1024 },
  ])('are found by hash, day and content, and name their document: $reason', async ({ bytes }) => {
    const { client, bucket } = await createBucket();
    const store = createS3Contents({ transfers: client, probes: client }, { name: bucket, prefix: 'a/b/' });
    const id = checkDocumentId('../Ä "1"');
    const contentId = newContentId(Date.UTC(2026, 1, 28, 23, 59, 59, 999));
    const all = randomBytes(bytes);
    const blocks = [
      all.subarray(0, store.blockBytes),
      all.subarray(store.blockBytes, 2 * store.blockBytes),
      all.subarray(2 * store.blockBytes),
    ];
    const written = blocksOf(...blocks.filter(({ length }) => length > 0));
    const placement = await store.write(contentId, id, written, AbortSignal.timeout(20_000));
    const hash = hashOfId(id);
    const key = `a/b/${hash.slice(0, 2)}/2026-02-28/${contentId}-${hash.slice(0, 32)}`;
    expect(placement).toEqual({ where: 's3', key });
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    expect(Buffer.from(head.Metadata?.['document-id'] ?? '', 'base64url').toString()).toBe(id);
    expect(head.ContentLength).toBe(bytes);
  });
});
