import { expect, test } from 'vitest';
import { createRuntimeMetrics } from './metrics.ts';

/** As a Go operator on controller-runtime names them; dashboards and alerts that are in use everywhere ask for these. */
const names = [
  'controller_runtime_reconcile_total',
  'controller_runtime_reconcile_errors_total',
  'controller_runtime_terminal_reconcile_errors_total',
  'controller_runtime_reconcile_panics_total',
  'controller_runtime_reconcile_time_seconds',
  'controller_runtime_max_concurrent_reconciles',
  'controller_runtime_active_workers',
  'workqueue_depth',
  'workqueue_adds_total',
  'workqueue_queue_duration_seconds',
  'workqueue_work_duration_seconds',
  'workqueue_retries_total',
  'rest_client_requests_total',
  'rest_client_request_duration_seconds',
  'leader_election_master_status',
];

test('the metrics have the names of controller-runtime', async () => {
  const text = await createRuntimeMetrics('documentservice').registry.metrics();
  expect(names.filter((name) => !text.includes(`# TYPE ${name} `))).toEqual([]);
});

test('series that alerts compare with zero are there before anything happens', async () => {
  const text = await createRuntimeMetrics('documentservice').registry.metrics();
  for (const result of ['success', 'requeue_after', 'error']) {
    expect(text).toContain(`controller_runtime_reconcile_total{controller="documentservice",result="${result}"} 0`);
  }
  expect(text).toContain('controller_runtime_reconcile_errors_total{controller="documentservice"} 0');
});

test('requests to the API server are counted by code, method and host', async () => {
  const metrics = createRuntimeMetrics('documentservice');
  metrics.observeRequest({ code: '200', method: 'PATCH', host: '10.96.0.1', seconds: 0.1 });
  expect(await metrics.registry.metrics()).toContain(
    'rest_client_requests_total{code="200",method="PATCH",host="10.96.0.1"} 1',
  );
});
