import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';
import { startService } from './test/service-world.ts';

async function linesOf(service: { metrics: ReturnType<typeof createMetrics> }): Promise<readonly string[]> {
  return (await service.metrics.exposition()).text.split('\n');
}

test('requests are counted by the pattern of their route, never by the id', async () => {
  await using service = await startService();
  await service.send({ method: 'PUT', path: '/documents/a', body: 'x' });
  await service.send({ path: '/documents/a' });
  await service.send({ path: '/documents/b' });
  await service.send({ path: '/documents/%zz' });
  await service.send({ path: '/wherever' });
  await expect
    .poll(() => linesOf(service))
    .toEqual(
      expect.arrayContaining([
        'docservice_http_requests_total{method="PUT",route="/documents/{id}",status="201"} 1',
        'docservice_http_requests_total{method="GET",route="/documents/{id}",status="200"} 1',
        'docservice_http_requests_total{method="GET",route="/documents/{id}",status="404"} 1',
        'docservice_http_requests_total{method="GET",route="none",status="400"} 1',
        'docservice_http_requests_total{method="GET",route="none",status="404"} 1',
        'docservice_http_requests_in_flight 0',
        'docservice_http_request_duration_seconds_count{method="PUT",route="/documents/{id}"} 1',
      ]),
    );
});

test('calls to storage and to the cache are counted with their outcome', async () => {
  await using service = await startService({ inlineMaxBytes: 0 });
  await service.send({ method: 'PUT', path: '/documents/a', body: 'x' });
  await service.send({ path: '/documents/a' });
  await service.send({ path: '/documents/b' });
  await service.send({ method: 'DELETE', path: '/documents/b' });
  await expect
    .poll(() => linesOf(service))
    .toEqual(
      expect.arrayContaining([
        'docservice_storage_calls_total{store="metadata",operation="commit",outcome="ok"} 1',
        'docservice_storage_calls_total{store="metadata",operation="commit",outcome="refused"} 1',
        'docservice_storage_calls_total{store="metadata",operation="read",outcome="none"} 1',
        'docservice_storage_calls_total{store="content",operation="write",outcome="ok"} 1',
        'docservice_content_damage_total{kind="missing"} 0',
        expect.stringMatching(/^docservice_cache_calls_total{operation="read",outcome="miss"} \d$/),
      ]),
    );
});

test('the build and the runtime are there', async () => {
  const metrics = createMetrics({ version: '1.2.3', node: 'v24' });
  const { contentType, text } = await metrics.exposition();
  expect(contentType).toContain('text/plain');
  expect(text).toContain('docservice_build_info{version="1.2.3",node="v24"} 1');
  expect(text).toContain('nodejs_eventloop_lag_seconds');
});

test('README.md names every metric of ours', async () => {
  const { text } = await createMetrics({ version: '1.2.3', node: 'v24' }).exposition();
  const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
  const names = [...text.matchAll(/^# TYPE (docservice_\w+)/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !readme.includes(`\`${name ?? ''}`))).toEqual([]);
});
