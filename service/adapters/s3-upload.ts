import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3ServiceException,
  UploadPartCommand,
  type CompletedPart,
  type S3Client,
} from '@aws-sdk/client-s3';
import { storageUnavailable } from '../errors.ts';
import { writeBlocks } from './block-writer.ts';

/** Smallest part of a multipart upload but for the last (S3 user guide, "multipart upload limits"). */
export const partBytes = 5 * 1024 * 1024;

/** S3 may take minutes to put a large object together, but says so within seconds; stand-ins say nothing until the end. */
const completeTimeoutMs = 60_000;

/** The object to be written. Its key was never used before, and nobody else knows it. */
export interface S3Object {
  readonly bucket: string;
  readonly key: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** How S3 is reached for one object. */
interface Upload {
  readonly client: S3Client;
  readonly object: S3Object;
  readonly signal: AbortSignal;
}

/**
 * Writes an object: one block by a PutObject, more by a multipart upload, which is aborted should anything fail.
 * Bodies are buffers, so that the SDK may send each of them again. Rejects as ContentStore.write does. The signal ends
 * every call but the one that begins a multipart upload, since nobody could abort what nobody knows the id of.
 */
export async function uploadObject(
  client: S3Client,
  object: S3Object,
  blocks: AsyncIterator<Buffer, void>,
  signal: AbortSignal,
): Promise<void> {
  const upload: Upload = { client, object, signal };
  const first = await blocks.next();
  const second = first.done === true ? first : await blocks.next();
  if (first.done === true) await answered(putObject(upload, Buffer.alloc(0)));
  else if (second.done === true) await answered(putObject(upload, first.value));
  else await uploadParts(upload, following([first.value, second.value], blocks));
}

async function putObject(upload: Upload, body: Buffer): Promise<void> {
  const { client, object, signal } = upload;
  const { bucket, key, metadata } = object;
  try {
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Metadata: { ...metadata }, IfNoneMatch: '*', Body: body }),
      { abortSignal: signal },
    );
  } catch (error) {
    // What is there already came from an earlier sending whose answer was lost.
    if (!isNamed(error, 'PreconditionFailed')) throw error;
    await expectObject(upload, body.length);
  }
}

async function uploadParts(upload: Upload, blocks: AsyncIterator<Buffer, void>): Promise<void> {
  const { client, object, signal } = upload;
  const target = { Bucket: object.bucket, Key: object.key };
  const { UploadId } = await answered(beginUpload(upload));
  const parts: CompletedPart[] = [];
  let length = 0;

  async function send(Body: Buffer, number: number): Promise<void> {
    const PartNumber = number + 1;
    const command = new UploadPartCommand({ ...target, UploadId, PartNumber, Body });
    const part = await answered(client.send(command, { abortSignal: signal }));
    length += Body.length;
    parts.push({ PartNumber, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 });
  }

  async function takeBack(): Promise<void> {
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId }));
  }

  await writeBlocks(blocks, { send, takeBack });
  try {
    await answered(completeUpload(upload, { UploadId, parts, length }));
  } catch (error) {
    await Promise.allSettled([takeBack()]);
    throw error;
  }
}

async function beginUpload({ client, object, signal }: Upload): Promise<{ UploadId?: string }> {
  const { bucket, key, metadata } = object;
  signal.throwIfAborted();
  // The SDK puts a CRC32 on every part by itself, but S3 wants to hear of it when the upload begins.
  const checksums = (await client.config.requestChecksumCalculation()) === 'WHEN_SUPPORTED';
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({
      Bucket: bucket,
      Key: key,
      Metadata: { ...metadata },
      ...(checksums && { ChecksumAlgorithm: 'CRC32' }),
    }),
  );
  return UploadId === undefined ? {} : { UploadId };
}

async function completeUpload(
  upload: Upload,
  sent: { readonly UploadId: string | undefined; readonly parts: CompletedPart[]; readonly length: number },
): Promise<void> {
  const { client, object, signal } = upload;
  const command = new CompleteMultipartUploadCommand({
    Bucket: object.bucket,
    Key: object.key,
    UploadId: sent.UploadId,
    MultipartUpload: { Parts: sent.parts },
    IfNoneMatch: '*',
  });
  try {
    const { $metadata } = await client.send(command, { requestTimeout: completeTimeoutMs, abortSignal: signal });
    if ($metadata.attempts === 1) return;
  } catch (error) {
    if (!isNamed(error, 'PreconditionFailed') && !isNamed(error, 'NoSuchUpload')) throw error;
  }
  // An earlier sending, whose answer was lost, may have completed it, or may still be at it: versitygw 1.8 answers a
  // second one at once and has the object only when the first is done.
  await expectObject(upload, sent.length);
}

async function expectObject({ client, object, signal }: Upload, length: number): Promise<void> {
  const command = new HeadObjectCommand({ Bucket: object.bucket, Key: object.key });
  const { ContentLength } = await client.send(command, { abortSignal: signal });
  if (ContentLength !== length) throw new Error(`the object has ${ContentLength ?? 0} bytes instead of ${length}`);
}

/** Blocks that were taken already, and then the others. */
function following(taken: Buffer[], rest: AsyncIterator<Buffer, void>): AsyncIterator<Buffer, void> {
  return {
    async next() {
      const value = taken.shift();
      return value === undefined ? rest.next() : { done: false, value };
    },
  };
}

async function answered<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw storageUnavailable(error);
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof S3ServiceException && error.name === name;
}
