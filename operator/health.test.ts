import { describe, expect, onTestFinished, test } from 'vitest';
import { createProbes, liveness, readiness, type Watcher } from './health.ts';
import { createRuntimeMetrics } from './runtime/metrics.ts';
import { closeServer, serveProbes } from './runtime/probes.ts';

const watcher = (more: Partial<Watcher> = {}): Watcher => ({ plural: 'services', synced: true, ageMs: 0, ...more });

describe('alive', () => {
  test.each([
    { reason: 'all is well', watchers: [watcher()], lagMs: 20, ok: true, says: 'ok' },
    { reason: 'nothing was listed yet', watchers: [watcher({ synced: false })], lagMs: 0, ok: true, says: 'ok' },
    { reason: 'a quiet watch', watchers: [watcher({ ageMs: 149_000 })], lagMs: 0, ok: true, says: 'ok' },
    {
      reason: 'a watch that hangs',
      watchers: [watcher({ ageMs: 151_000 })],
      lagMs: 0,
      ok: false,
      says: 'watch of services hangs since 151 s',
    },
    {
      reason: 'a loop that is blocked',
      watchers: [watcher()],
      lagMs: 1500,
      ok: false,
      says: 'event loop is late by 1500 ms',
    },
  ])('$reason: $ok', ({ watchers, lagMs, ok, says }) => {
    expect(liveness(watchers, lagMs)).toEqual({ ok, body: `${says}\n` });
  });
});

describe('ready', () => {
  test.each([
    { reason: 'all caches are filled', watchers: [watcher(), watcher()], ok: true, says: 'ok' },
    {
      reason: 'one is not',
      watchers: [watcher(), watcher({ plural: 'configmaps', synced: false })],
      ok: false,
      says: 'waiting for the first list of configmaps',
    },
    { reason: 'no watch has begun', watchers: [], ok: false, says: 'waiting for the first list of ' },
  ])('$reason: $ok', ({ watchers, ok, says }) => {
    expect(readiness(watchers)).toEqual({ ok, body: `${says}\n` });
  });
});

test('the probes and the metrics are served where the kubelet and Prometheus ask', async () => {
  const watchers: Watcher[] = [];
  const servers = await createProbes({ probePort: 0, metricsPort: 0 }, createRuntimeMetrics('test'), {
    reflectors: watchers,
  });
  onTestFinished(async () => {
    for (const server of servers) await closeServer(server);
  });
  const [probes, metrics] = servers.map((server) => {
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  });
  expect((await fetch(`${probes}/healthz`)).status).toBe(200);
  expect((await fetch(`${probes}/readyz`)).status).toBe(503);
  watchers.push(watcher());
  expect((await fetch(`${probes}/readyz`)).status).toBe(200);
  const exposition = await fetch(`${metrics}/metrics`);
  expect(exposition.headers.get('content-type')).toContain('text/plain');
  expect(await exposition.text()).toContain('controller_runtime_reconcile_total');
  expect((await fetch(`${probes}/other`)).status).toBe(404);
  expect((await fetch(`${probes}/healthz`, { method: 'POST' })).status).toBe(405);
});

test('a probe that throws answers 503 with what it threw', async () => {
  const { server, port } = await serveProbes(0, { '/healthz': () => Promise.reject(new Error('broken')) });
  onTestFinished(() => closeServer(server));
  const response = await fetch(`http://127.0.0.1:${port}/healthz`);
  expect([response.status, await response.text()]).toEqual([503, 'Error: broken']);
});

test('a port that is taken is an error at once', async () => {
  const { server, port } = await serveProbes(0, {});
  onTestFinished(() => closeServer(server));
  await expect(serveProbes(port, {})).rejects.toThrow('EADDRINUSE');
});
