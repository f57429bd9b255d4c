import { describe, expect, inject, test } from 'vitest';
import { randomBytes } from './builders.ts';
import { createBucket, createTable } from './engine-worlds.ts';
import { startProcess, type ServiceProcess } from './service-process.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

const small = '/documents/small';
const large = '/documents/large';

/** A service whose ways to its two engines can be taken away. */
async function startBehindProxies(): Promise<
  AsyncDisposable & { service: ServiceProcess; dynamodb: TcpProxy; s3: TcpProxy }
> {
  const engines = inject('engines');
  const { table } = await createTable();
  const { bucket } = await createBucket();
  const dynamodb = await startTcpProxy(engines.dynamodb);
  const s3 = await startTcpProxy(engines.s3);
  const service = await startProcess({
    STORAGE: 'aws',
    AWS_REGION: engines.region,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_ACCESS_KEY_ID: engines.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: engines.credentials.secretAccessKey,
    DYNAMODB_TABLE: table,
    S3_BUCKET: bucket,
    DRAIN_SECONDS: '0',
    REQUEST_TIMEOUT_SECONDS: '5',
  });
  return {
    service,
    dynamodb,
    s3,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await dynamodb[Symbol.asyncDispose]();
      await s3[Symbol.asyncDispose]();
    },
  };
}

async function storageState(service: ServiceProcess): Promise<unknown> {
  const { status, text } = await service.send({ path: '/health' });
  const { storage } = JSON.parse(text) as { readonly storage: unknown };
  expect(status).toBe(storage === 'ok' ? 200 : 503);
  return storage;
}

/** Sends one request of each kind for each path at once; the status codes that came back, each once. */
async function statuses(service: ServiceProcess, paths: readonly string[], body: Buffer): Promise<readonly number[]> {
  const requests = paths.flatMap((path) => [
    service.send({ path }),
    service.send({ method: 'PUT', path, body }),
    service.send({ method: 'DELETE', path, headers: { 'if-match': '"1-0123456789abcdef"' } }),
  ]);
  return [...new Set((await Promise.all(requests)).map(({ status }) => status))];
}

describe.each(['cut', 'hang'] as const)('storage that is lost under requests (%s)', { timeout: 120_000 }, (outage) => {
  test('makes everything 503 and nothing 404, is told, and is there again when it is back', async () => {
    await using world = await startBehindProxies();
    const { service, dynamodb } = world;
    expect((await service.send({ method: 'PUT', path: small, body: 'before' })).status).toBe(201);
    const under = Array.from({ length: 20 }, () => service.send({ path: small }));

    dynamodb[outage]();
    // What was under way may have come through; nothing may be said to be absent.
    for (const { status } of await Promise.all(under)) expect([200, 503]).toContain(status);
    expect(await statuses(service, [small, '/documents/absent'], Buffer.from('during'))).toEqual([503]);
    await expect.poll(() => storageState(service), { timeout: 10_000 }).toBe('down');
    expect((await service.send({ path: '/livez' })).status).toBe(200);

    dynamodb.restore();
    await expect.poll(() => storageState(service), { timeout: 20_000 }).toBe('ok');
    // The write that was answered with 503 may have been done, if its outcome could not be found out.
    const got = await service.send({ path: small });
    expect(got.status).toBe(200);
    expect(['before', 'during']).toContain(got.text);
    expect((await service.send({ method: 'PUT', path: small, body: 'after' })).status).toBe(204);
    expect((await service.send({ path: small })).text).toBe('after');
  });

  test('where only contents are lost, makes large documents 503 and leaves small ones as they are', async () => {
    await using world = await startBehindProxies();
    const { service, s3 } = world;
    const before = randomBytes(200_000);
    await service.send({ method: 'PUT', path: small, body: 'small' });
    await service.send({ method: 'PUT', path: large, body: before });

    s3[outage]();
    const lost = await Promise.all([
      service.send({ path: large }),
      service.send({ method: 'PUT', path: large, body: randomBytes(200_000) }),
    ]);
    expect(lost.map(({ status }) => status)).toEqual([503, 503]);
    await expect.poll(() => storageState(service), { timeout: 10_000 }).toBe('down');
    expect((await service.send({ path: small })).text).toBe('small');

    s3.restore();
    await expect.poll(() => storageState(service), { timeout: 20_000 }).toBe('ok');
    expect((await service.send({ path: large })).body.equals(before)).toBe(true);
  });
});
