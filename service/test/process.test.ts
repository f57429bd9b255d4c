import { createServer } from 'node:net';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { exchange, openLine } from './http-client.ts';
import { startTraffic } from './balanced-clients.ts';
import { runProgram, startProcess } from './service-process.ts';

const memory = { STORAGE: 'memory', DRAIN_SECONDS: '1' };

describe('starting', { timeout: 60_000 }, () => {
  test('on memory stores the first line of the log says that nothing is kept', async () => {
    await using service = await startProcess(memory);
    expect(service.log()[0]).toMatchObject({ level: 40, msg: expect.stringContaining('nothing is kept') });
    await service.send({ method: 'PUT', path: '/documents/a', body: 'hello' });
    expect((await service.send({ path: '/documents/a' })).text).toBe('hello');
    expect((await service.send({ path: '/health' })).text).toBe(
      '{"status":"healthy","storage":"ok","cache":"disabled"}',
    );
    expect((await service.send({ path: '/readyz' })).status).toBe(200);
  });

  test('metrics are on a port of their own, and only they', async () => {
    await using service = await startProcess(memory);
    const metrics = await exchange(service.metricsPort, { path: '/metrics' });
    expect(metrics.text).toContain('docservice_build_info{version="0.1.0"');
    expect((await exchange(service.metricsPort, { path: '/documents/a' })).status).toBe(404);
    expect((await service.send({ path: '/metrics' })).status).toBe(404);
  });

  test('a wrong environment is listed whole, and nothing listens', async () => {
    const { exit, stderr } = await runProgram({ STORAGE: 'disk', PORT: 'http', REDIS_HOST: '?' });
    expect(exit).toBe(1);
    for (const name of ['STORAGE', 'PORT', 'REDIS_HOST', 'AUTH_MODE']) expect(stderr).toContain(`- ${name} is`);
  });

  test('a port that is taken ends it with the reason', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const env = { STORAGE: 'memory', AUTH_MODE: 'none', HOST: '127.0.0.1', PORT: String(port), METRICS_PORT: '0' };
    const { exit, stderr } = await runProgram(env);
    taken.close();
    expect(exit).toBe(1);
    expect(stderr).toContain('EADDRINUSE');
  });
});

describe('SIGTERM', { timeout: 60_000 }, () => {
  test('fails no request, over kept and over new connections, and ends with 0', async () => {
    await using service = await startProcess({ ...memory, DRAIN_SECONDS: '3' });
    const traffic = startTraffic(service.port);
    await expect.poll(traffic.sent, { timeout: 10_000 }).toBeGreaterThan(50);
    service.signal('SIGTERM');
    await expect.poll(traffic.movedAway, { timeout: 10_000 }).toBe(true);
    await traffic.stop();
    expect(traffic.failures).toEqual([]);
    expect(await service.exit).toBe(0);
  });

  test('goes on serving for the whole drain, with the end of every connection', async () => {
    await using service = await startProcess({ ...memory, DRAIN_SECONDS: '2' });
    const agedLine = await openLine(service.port);
    const beganMs = performance.now();
    service.signal('SIGTERM');
    await expect.poll(async () => (await service.send({ path: '/readyz' })).status).toBe(503);
    const put = await service.send({
      method: 'PUT',
      path: '/documents/a',
      headers: { connection: 'keep-alive' },
      body: 'x',
    });
    expect(put).toMatchObject({ status: 201, headers: { connection: 'close' } });
    agedLine.write('GET /documents/a HTTP/1.1\r\nHost: a\r\n\r\n');
    await agedLine.ended;
    expect(agedLine.received()).toMatch(/^HTTP\/1.1 200 OK\r\n(.*\r\n)*connection: close\r\n/i);
    expect(await service.exit).toBe(0);
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(2000);
  });

  test('lets an upload finish that was under way when the drain was over, and keeps a quiet connection until then', async () => {
    await using service = await startProcess(memory);
    const quiet = await openLine(service.port);
    const body = new PassThrough();
    const upload = service.send({ method: 'PUT', path: '/documents/slow', body });
    body.write('one ');
    await expect
      .poll(async () => (await exchange(service.metricsPort, { path: '/metrics' })).text)
      .toMatch(/in_flight 1/);
    service.signal('SIGTERM');
    await quiet.ended;
    await expect(exchange(service.port, { path: '/livez' })).rejects.toThrow('ECONNREFUSED');
    body.end('two');
    expect((await upload).status).toBe(201);
    expect(await service.exit).toBe(0);
  });

  test('cuts off what takes longer than a request may', async () => {
    await using service = await startProcess({ ...memory, DRAIN_SECONDS: '0', REQUEST_TIMEOUT_SECONDS: '1' });
    const line = await openLine(service.port);
    line.write('PUT /documents/a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf');
    await expect
      .poll(async () => (await exchange(service.metricsPort, { path: '/metrics' })).text)
      .toMatch(/in_flight 1/);
    service.signal('SIGTERM');
    await line.ended;
    expect(await service.exit).toBe(0);
  });

  test('a second time ends it at once', async () => {
    await using service = await startProcess({ ...memory, DRAIN_SECONDS: '600' });
    service.signal('SIGTERM');
    await expect.poll(async () => (await service.send({ path: '/readyz' })).status).toBe(503);
    service.signal('SIGTERM');
    expect(await service.exit).toBe(1);
  });
});
