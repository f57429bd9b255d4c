import { describe, expect, inject, test } from 'vitest';
import { randomBytes } from './builders.ts';
import { createBucket, createTable } from './engine-worlds.ts';
import { exchange } from './http-client.ts';
import { startTraffic } from './balanced-clients.ts';
import { startProcess } from './service-process.ts';
import type { Environment } from '../variables.ts';

/** The environment of a service on the engines, as the operator's ConfigMap and Secret make it. */
async function awsEnvironment(): Promise<Environment & { readonly S3_BUCKET: string }> {
  const { table } = await createTable();
  const { bucket } = await createBucket();
  const { dynamodb, s3, region, credentials } = inject('engines');
  return {
    STORAGE: 'aws',
    AWS_REGION: region,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_S3: s3,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    DYNAMODB_TABLE: table,
    S3_BUCKET: bucket,
    DRAIN_SECONDS: '0',
  };
}

describe('a service on the engines', { timeout: 120_000 }, () => {
  test.each(['with a bucket', 'without a bucket'])(
    'keeps documents of every size through a restart: %s',
    async (kind) => {
      const { S3_BUCKET, ...rest } = await awsEnvironment();
      const env = kind === 'with a bucket' ? { ...rest, S3_BUCKET } : rest;
      const sizes = [0, 5, 8192, 8193, 300_000, 5 * 1024 * 1024, 12_000_000];
      const bodies = sizes.map((size) => randomBytes(size));
      const tags: unknown[] = [];
      {
        await using service = await startProcess(env);
        for (const [index, body] of bodies.entries()) {
          const put = await service.send({ method: 'PUT', path: `/documents/size%20${index}`, body });
          expect(put.status).toBe(201);
          tags.push(put.headers.etag);
        }
      }
      await using service = await startProcess(env);
      for (const [index, body] of bodies.entries()) {
        const got = await service.send({ path: `/documents/size%20${index}` });
        expect(got.body.equals(body)).toBe(true);
        expect(got.headers.etag).toBe(tags[index]);
      }
      const health = await service.send({ path: '/health' });
      expect(health.text).toBe('{"status":"healthy","storage":"ok","cache":"disabled"}');
    },
  );

  test('given a bucket still serves what it stored without, and without it again says what is lacking', async () => {
    const { S3_BUCKET, ...withoutBucket } = await awsEnvironment();
    const [chunked, object] = [randomBytes(800_000), randomBytes(900_000)];
    {
      await using service = await startProcess(withoutBucket);
      expect((await service.send({ method: 'PUT', path: '/documents/chunked', body: chunked })).status).toBe(201);
    }
    {
      await using service = await startProcess({ ...withoutBucket, S3_BUCKET });
      expect((await service.send({ path: '/documents/chunked' })).body.equals(chunked)).toBe(true);
      expect((await service.send({ method: 'PUT', path: '/documents/object', body: object })).status).toBe(201);
      expect((await service.send({ path: '/documents/object' })).body.equals(object)).toBe(true);
    }
    await using service = await startProcess(withoutBucket);
    expect((await service.send({ path: '/documents/chunked' })).body.equals(chunked)).toBe(true);
    const got = await service.send({ path: '/documents/object' });
    expect(got.status).toBe(503);
    expect(JSON.parse(got.text)).toMatchObject({ code: 'storage-unavailable' });
    const said = () =>
      service.log().filter(({ level, reqId }) => level === 50 && reqId === got.headers['x-request-id']);
    await expect.poll(() => JSON.stringify(said())).toContain('S3_BUCKET');
    const { text } = await exchange(service.metricsPort, { path: '/metrics' });
    expect(text).toContain('docservice_content_damage_total{kind="missing"} 0');
  });

  test('fails no request when it is told to stop', async () => {
    await using service = await startProcess({ ...(await awsEnvironment()), DRAIN_SECONDS: '3' });
    const traffic = startTraffic(service.port);
    await expect.poll(traffic.sent, { timeout: 20_000 }).toBeGreaterThan(50);
    service.signal('SIGTERM');
    await expect.poll(traffic.movedAway, { timeout: 20_000 }).toBe(true);
    await traffic.stop();
    expect(traffic.failures).toEqual([]);
    expect(await service.exit).toBe(0);
  });
});

describe('storage that does not answer', { timeout: 120_000 }, () => {
  const nobody = 'http://127.0.0.1:9';

  test('makes everything 503 and nothing 404, and the service never ready, but alive', async () => {
    await using service = await startProcess({ ...(await awsEnvironment()), AWS_ENDPOINT_URL_DYNAMODB: nobody });
    expect(await service.send({ path: '/health' })).toMatchObject({
      status: 503,
      text: '{"status":"unhealthy","storage":"down","cache":"disabled"}',
    });
    expect((await service.send({ path: '/readyz' })).status).toBe(503);
    expect((await service.send({ path: '/livez' })).status).toBe(200);
    for (const method of ['GET', 'HEAD', 'DELETE', 'PUT']) {
      const got = await service.send({ method, path: '/documents/a' });
      expect(got).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
    }
  });

  test('is told where only the bucket is away: small documents go on, large ones are 503', async () => {
    await using service = await startProcess({ ...(await awsEnvironment()), AWS_ENDPOINT_URL_S3: nobody });
    expect((await service.send({ path: '/health' })).status).toBe(503);
    const small = await service.send({ method: 'PUT', path: '/documents/small', body: 'x' });
    const large = await service.send({ method: 'PUT', path: '/documents/large', body: Buffer.alloc(100_000) });
    expect([small.status, large.status]).toEqual([201, 503]);
  });

  test('is told in the metrics', async () => {
    await using service = await startProcess({ ...(await awsEnvironment()), AWS_ENDPOINT_URL_DYNAMODB: nobody });
    const { text } = await exchange(service.metricsPort, { path: '/metrics' });
    expect(text.split('\n')).toContain('docservice_dependency_up{dependency="storage"} 0');
  });
});
