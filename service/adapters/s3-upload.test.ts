import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { blocksOf } from '../test/builders.ts';
import { createS3Clients } from './aws-clients.ts';
import { partBytes, uploadObject } from './s3-upload.ts';

type Answer = (response: ServerResponse) => void;

const ok: Answer = (response) => response.writeHead(200, { etag: '"e"' }).end();
const lost: Answer = (response) => response.destroy();
const notFound: Answer = (response) => response.writeHead(404).end();
const found =
  (length: number): Answer =>
  (response) =>
    response.writeHead(200, { 'content-length': length }).end();
const xml =
  (status: number, body: string): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?>${body}`);
const failed = (status: number, code: string): Answer => xml(status, `<Error><Code>${code}</Code></Error>`);
const begun = xml(200, '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>');
const completed = xml(200, '<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>');

/** Says which call of S3 a request is. */
function callOf({ method = '', url = '' }: IncomingMessage): string {
  if (method === 'POST') return url.includes('uploads') ? 'begin' : 'complete';
  if (method === 'PUT') return url.includes('partNumber') ? 'part' : 'put';
  return method.toLowerCase();
}

/** An S3 that answers each call as it is told, the last answer again and again, to have it lose what a real one rarely does. */
async function startS3(answers: Readonly<Record<string, readonly Answer[]>>) {
  const calls: string[] = [];
  const rest = new Map(Object.entries(answers).map(([call, all]) => [call, [...all]]));
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const call = callOf(request);
      calls.push(call);
      const left = rest.get(call) ?? [];
      const answer = left.length > 1 ? left.shift() : left[0];
      (answer ?? failed(501, 'NotImplemented'))(response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  process.env['AWS_ACCESS_KEY_ID'] ??= 'someone';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'something';
  const { transfers: client, probes } = createS3Clients({ region: 'us-east-1', endpoint: `http://127.0.0.1:${port}` });
  const leaving = new AbortController();
  const object = { bucket: 'bucket', key: 'key', metadata: {} };
  return {
    calls,
    upload: (...blocks: readonly Buffer[]) => uploadObject(client, object, blocksOf(...blocks), leaving.signal),
    leave: () => leaving.abort(),
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      probes.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const unavailable = { code: 'storage-unavailable' };
const small = Buffer.from('small');
const large = [Buffer.alloc(partBytes), Buffer.from('end')] as const;
const largeBytes = partBytes + 3;

describe('one part', { timeout: 30_000 }, () => {
  test('whose answer was lost is there when it is sent again', async () => {
    await using s3 = await startS3({ put: [lost, failed(412, 'PreconditionFailed')], head: [found(5)] });
    await s3.upload(small);
    expect(s3.calls).toEqual(['put', 'put', 'head']);
  });

  test.each([
    { reason: 'is not there', head: notFound },
    { reason: 'is of another length', head: found(4) },
  ])('that is said to be there and $reason is not believed', async ({ head }) => {
    await using s3 = await startS3({ put: [failed(412, 'PreconditionFailed')], head: [head] });
    await expect(s3.upload(small)).rejects.toMatchObject(unavailable);
  });

  test('that cannot be written after three attempts is unavailable', async () => {
    await using s3 = await startS3({ put: [failed(503, 'SlowDown')] });
    await expect(s3.upload(small)).rejects.toMatchObject(unavailable);
    expect(s3.calls).toEqual(['put', 'put', 'put']);
  });
});

describe('several parts', { timeout: 30_000 }, () => {
  test('are begun, sent and completed', async () => {
    await using s3 = await startS3({ begin: [begun], part: [ok], complete: [completed] });
    await s3.upload(...large);
    expect(s3.calls).toEqual(['begin', 'part', 'part', 'complete']);
  });

  test.each([
    { reason: 'completes again', again: completed },
    { reason: 'no longer knows the upload', again: failed(404, 'NoSuchUpload') },
    { reason: 'has the object', again: failed(412, 'PreconditionFailed') },
  ])('whose completion was lost are looked for, when S3 $reason', async ({ again }) => {
    await using s3 = await startS3({ begin: [begun], part: [ok], complete: [lost, again], head: [found(largeBytes)] });
    await s3.upload(...large);
    expect(s3.calls).toEqual(['begin', 'part', 'part', 'complete', 'complete', 'head']);
  });

  test.each([
    { reason: 'completes again', again: completed },
    { reason: 'no longer knows the upload', again: failed(404, 'NoSuchUpload') },
  ])('that are not found afterwards are not believed, and are aborted, when S3 $reason', async ({ again }) => {
    await using s3 = await startS3({
      begin: [begun],
      part: [ok],
      complete: [lost, again],
      head: [notFound],
      delete: [(response) => response.writeHead(204).end()],
    });
    await expect(s3.upload(...large)).rejects.toMatchObject(unavailable);
    expect(s3.calls.slice(-2)).toEqual(['head', 'delete']);
  });

  test('are aborted when the time is over while one of them, or their completion, is under way', async () => {
    for (const hanging of ['part', 'complete']) {
      await using s3 = await startS3({
        begin: [begun],
        part: [ok],
        complete: [completed],
        delete: [(response) => response.writeHead(204).end()],
        [hanging]: [() => s3.leave()],
      });
      await expect(s3.upload(...large)).rejects.toMatchObject(unavailable);
      expect(s3.calls.at(-1)).toBe('delete');
      expect(s3.calls.filter((call) => call === hanging)).toHaveLength(1);
    }
  });

  test('are aborted when one of them cannot be written', async () => {
    await using s3 = await startS3({
      begin: [begun],
      part: [ok, failed(503, 'SlowDown')],
      delete: [(response) => response.writeHead(204).end()],
    });
    await expect(s3.upload(...large)).rejects.toMatchObject(unavailable);
    expect(s3.calls.at(-1)).toBe('delete');
  });
});
