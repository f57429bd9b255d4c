import { GetObjectCommand, HeadBucketCommand, NoSuchKey } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { hashOfId, type DocumentId } from '../document-id.ts';
import { timeOfId } from '../attempts.ts';
import { MissingContent, notKeptHere, storageUnavailable } from '../errors.ts';
import type { ContentStore } from '../stores.ts';
import type { S3Clients } from './aws-clients.ts';
import { partBytes, uploadObject } from './s3-upload.ts';

/** The bucket of the contents and what their keys begin with. */
export interface S3Place {
  readonly name: string;
  readonly prefix: string;
}

const probeTimeoutMs = 1000;
/** Digits of the document id's hash in a key: enough that no two documents are mistaken for each other. */
const hashDigits = 32;

/** Contents in a bucket, one object each, under keys that are never used again. */
export function createS3Contents({ transfers, probes }: S3Clients, place: S3Place): ContentStore {
  return {
    blockBytes: partBytes,

    async write(contentId, documentId, blocks, signal) {
      const key = objectKey(place.prefix, contentId, documentId);
      const metadata = { 'document-id': Buffer.from(documentId).toString('base64url') };
      await uploadObject(transfers, { bucket: place.name, key, metadata }, blocks, signal);
      return { where: 's3', key };
    },

    async open(content, signal) {
      const { placement } = content;
      if (placement.where !== 's3') throw notKeptHere(content);
      try {
        const command = new GetObjectCommand({ Bucket: place.name, Key: placement.key });
        const { Body } = await transfers.send(command, { abortSignal: signal });
        if (!(Body instanceof Readable)) throw new Error('S3 answered without a stream');
        return Body;
      } catch (error) {
        throw error instanceof NoSuchKey ? new MissingContent(content.id, { cause: error }) : storageUnavailable(error);
      }
    },

    async probe() {
      const command = new HeadBucketCommand({ Bucket: place.name });
      await probes.send(command, { abortSignal: AbortSignal.timeout(probeTimeoutMs) });
    },
  };
}

/**
 * `<prefix><2 hex>/<UTC day>/<content id>-<hash of the document id>`: the hash in front spreads the load over S3's
 * partitions, the day lets old ones be looked through, and the document's own id, which may be anything, is in no key.
 */
export function objectKey(prefix: string, contentId: string, documentId: DocumentId): string {
  const hash = hashOfId(documentId).slice(0, hashDigits);
  const day = new Date(timeOfId(contentId)).toISOString().slice(0, 'yyyy-mm-dd'.length);
  return `${prefix}${hash.slice(0, 2)}/${day}/${contentId}-${hash}`;
}
