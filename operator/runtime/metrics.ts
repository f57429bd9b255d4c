import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';

/** What the API client reports. */
export interface ClientMetrics {
  observeRequest(request: {
    readonly code: string;
    readonly method: string;
    readonly host: string;
    readonly seconds: number;
  }): void;
}

/** How a pass ended, in the words of controller-runtime's label `result`. */
export type ReconcileResult = 'success' | 'requeue_after' | 'error';

// Names, labels and buckets are those of controller-runtime (pkg/internal/controller/metrics, pkg/metrics,
// pkg/internal/metrics/workqueue.go), so that its dashboards and alerts fit.
const RECONCILE_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];
const QUEUE_BUCKETS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000];
const CLIENT_BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 45, 60];

/** The operator's metrics, on a registry of their own. */
export type RuntimeMetrics = ReturnType<typeof createRuntimeMetrics>;

/** Creates all metrics of the runtime. */
export function createRuntimeMetrics(controller: string) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const metrics = {
    registry,
    ...createControllerMetrics(registers),
    ...createQueueMetrics(registers),
    leader: new Gauge({
      name: 'leader_election_master_status',
      help: 'Whether this process leads: 1 yes, 0 no',
      labelNames: ['name'] as const,
      registers,
    }),
    ...createClientMetrics(registers),
  };
  metrics.reconcileErrors.inc({ controller }, 0);
  metrics.terminalErrors.inc({ controller }, 0);
  metrics.panics.inc({ controller }, 0);
  for (const result of ['success', 'requeue_after', 'error']) metrics.reconciles.inc({ controller, result }, 0);
  return metrics;
}

function createControllerMetrics(registers: Registry[]) {
  const labelNames = ['controller'] as const;
  return {
    reconciles: new Counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Number of passes, by how they ended',
      labelNames: ['controller', 'result'] as const,
      registers,
    }),
    reconcileErrors: new Counter({
      name: 'controller_runtime_reconcile_errors_total',
      help: 'Number of passes that failed',
      labelNames,
      registers,
    }),
    terminalErrors: new Counter({
      name: 'controller_runtime_terminal_reconcile_errors_total',
      help: 'Number of passes that failed and are not tried again until something changes',
      labelNames,
      registers,
    }),
    panics: new Counter({
      name: 'controller_runtime_reconcile_panics_total',
      help: 'Number of passes that threw',
      labelNames,
      registers,
    }),
    reconcileSeconds: new Histogram({
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'Seconds that a pass takes',
      labelNames,
      buckets: RECONCILE_BUCKETS,
      registers,
    }),
    maxConcurrent: new Gauge({
      name: 'controller_runtime_max_concurrent_reconciles',
      help: 'Passes at a time at most',
      labelNames,
      registers,
    }),
    activeWorkers: new Gauge({
      name: 'controller_runtime_active_workers',
      help: 'Passes under way',
      labelNames,
      registers,
    }),
  };
}

function createQueueMetrics(registers: Registry[]) {
  const labelNames = ['name', 'controller'] as const;
  return {
    depth: new Gauge({ name: 'workqueue_depth', help: 'Keys that wait', labelNames, registers }),
    adds: new Counter({ name: 'workqueue_adds_total', help: 'Number of keys added', labelNames, registers }),
    retries: new Counter({
      name: 'workqueue_retries_total',
      help: 'Number of keys added again after a failure',
      labelNames,
      registers,
    }),
    queueSeconds: new Histogram({
      name: 'workqueue_queue_duration_seconds',
      help: 'Seconds that a key waits before its pass',
      labelNames,
      buckets: QUEUE_BUCKETS,
      registers,
    }),
    workSeconds: new Histogram({
      name: 'workqueue_work_duration_seconds',
      help: 'Seconds that the pass of a key takes',
      labelNames,
      buckets: QUEUE_BUCKETS,
      registers,
    }),
  };
}

function createClientMetrics(registers: Registry[]) {
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Number of requests to the API server, by status code, method and host',
    labelNames: ['code', 'method', 'host'] as const,
    registers,
  });
  const requestSeconds = new Histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'Seconds until the API server answers',
    labelNames: ['verb', 'host'] as const,
    buckets: CLIENT_BUCKETS,
    registers,
  });
  const observeRequest: ClientMetrics['observeRequest'] = ({ code, method, host, seconds }) => {
    requests.inc({ code, method, host });
    requestSeconds.observe({ verb: method, host }, seconds);
  };
  return { observeRequest };
}
