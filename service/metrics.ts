import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { BreakerState } from './breaker.ts';
import type { CacheOperation, CacheOutcome } from './cache-aside.ts';
import type { Reachability } from './health.ts';

/** How a call to storage ended. `none` is a read of something that is not there. */
export type StorageOutcome = 'ok' | 'none' | 'refused' | 'failed';

/** Everything that is counted, by what happened. Names, labels and meanings: README.md, "Metrics". */
export interface Metrics {
  /** Text in the exposition format of Prometheus, and its media type. */
  exposition(): Promise<{ readonly contentType: string; readonly text: string }>;
  requestBegan(): void;
  /** `status` is a status code, or `aborted` where the connection ended before the response did. */
  requestEnded(method: string, route: string, status: string, seconds: number): void;
  storageCall(store: 'metadata' | 'content', operation: string, outcome: StorageOutcome, seconds: number): void;
  /** A commit whose answer was lost. */
  commitUnknown(): void;
  damage(kind: 'missing' | 'mismatch'): void;
  cacheCall(operation: CacheOperation, outcome: CacheOutcome): void;
  cacheBreaker(state: BreakerState): void;
  cacheTrust(trusted: boolean): void;
  dependency(name: 'storage' | 'cache', state: Reachability): void;
  draining(): void;
}

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Creates the metrics in a registry of their own, so that two services can live in one process. */
export function createMetrics(build: { readonly version: string; readonly node: string }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const http = httpMetrics(registers);
  const storage = storageMetrics(registers);
  const cache = cacheMetrics(registers);
  new Gauge({
    name: 'docservice_build_info',
    help: 'Version of the service and of Node.',
    labelNames: ['version', 'node'],
    registers,
  }).set(build, 1);
  const up = new Gauge({
    name: 'docservice_dependency_up',
    help: '1 if the last background probes were answered.',
    labelNames: ['dependency'],
    registers,
  });
  up.set({ dependency: 'storage' }, 0);
  const draining = new Gauge({ name: 'docservice_draining', help: '1 from SIGTERM on.', registers });

  return {
    async exposition() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
    ...http,
    ...storage,
    ...cache,
    dependency: (dependency, state) => up.set({ dependency }, state === 'ok' ? 1 : 0),
    draining: () => draining.set(1),
  };
}

function httpMetrics(registers: Registry[]): Pick<Metrics, 'requestBegan' | 'requestEnded'> {
  const inFlight = new Gauge({ name: 'docservice_http_requests_in_flight', help: 'Requests begun.', registers });
  const requests = new Counter({
    name: 'docservice_http_requests_total',
    help: 'Requests ended, by route pattern and status.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'docservice_http_request_duration_seconds',
    help: 'From the head of the request to the end of the response.',
    labelNames: ['method', 'route'],
    buckets: secondsBuckets,
    registers,
  });
  return {
    requestBegan: () => inFlight.inc(),
    requestEnded(method, route, status, duration) {
      inFlight.dec();
      requests.inc({ method, route, status });
      seconds.observe({ method, route }, duration);
    },
  };
}

function storageMetrics(registers: Registry[]): Pick<Metrics, 'storageCall' | 'commitUnknown' | 'damage'> {
  const calls = new Counter({
    name: 'docservice_storage_calls_total',
    help: 'Calls to storage.',
    labelNames: ['store', 'operation', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'docservice_storage_call_duration_seconds',
    help: 'Time of calls to storage, retries included.',
    labelNames: ['store', 'operation'],
    buckets: secondsBuckets,
    registers,
  });
  const unknown = new Counter({
    name: 'docservice_commits_unknown_total',
    help: 'Commits whose answer was lost and that had to be resolved.',
    registers,
  });
  const damage = new Counter({
    name: 'docservice_content_damage_total',
    help: 'Contents that were missing, or whose length or digest was wrong. Anything but 0 is data loss.',
    labelNames: ['kind'],
    registers,
  });
  damage.inc({ kind: 'missing' }, 0);
  damage.inc({ kind: 'mismatch' }, 0);
  return {
    storageCall(store, operation, outcome, duration) {
      calls.inc({ store, operation, outcome });
      seconds.observe({ store, operation }, duration);
    },
    commitUnknown: () => unknown.inc(),
    damage: (kind) => damage.inc({ kind }),
  };
}

function cacheMetrics(registers: Registry[]): Pick<Metrics, 'cacheCall' | 'cacheBreaker' | 'cacheTrust'> {
  const calls = new Counter({
    name: 'docservice_cache_calls_total',
    help: 'Calls to the cache.',
    labelNames: ['operation', 'outcome'],
    registers,
  });
  const open = new Gauge({
    name: 'docservice_cache_breaker_open',
    help: '1 while the cache is not asked since it failed several times in a row.',
    registers,
  });
  const trusted = new Gauge({
    name: 'docservice_cache_trusted',
    help: '0 from a commit the cache could not be told of until a new generation has begun.',
    registers,
  });
  trusted.set(1);
  return {
    cacheCall: (operation, outcome) => calls.inc({ operation, outcome }),
    cacheBreaker: (state) => open.set(state === 'open' ? 1 : 0),
    cacheTrust: (value) => trusted.set(value ? 1 : 0),
  };
}
