import type { Server } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { OperatorConfig } from './config.ts';
import type { RuntimeMetrics } from './runtime/metrics.ts';
import { serveProbes, type ProbeAnswer } from './runtime/probes.ts';

/** What of a reflector tells how it does. */
export interface Watcher {
  readonly plural: string;
  readonly synced: boolean;
  readonly ageMs: number;
}

/** A reflector asks again after 75 s of silence at the latest; one that has done nothing for twice as long hangs. */
const MAX_WATCH_AGE_MS = 150_000;
/** An event loop that is this late on average does no useful work. */
const MAX_LOOP_LAG_MS = 1000;

/** Alive: every watch has shown a sign of life lately, and the event loop is not blocked. An API server that is away is no reason to die. */
export function liveness(watchers: readonly Watcher[], loopLagMs: number): ProbeAnswer {
  const hanging = watchers.filter(({ ageMs }) => ageMs > MAX_WATCH_AGE_MS);
  const problems = [
    ...hanging.map(({ plural, ageMs }) => `watch of ${plural} hangs since ${Math.round(ageMs / 1000)} s`),
    ...(loopLagMs > MAX_LOOP_LAG_MS ? [`event loop is late by ${Math.round(loopLagMs)} ms`] : []),
  ];
  return { ok: problems.length === 0, body: problems.length === 0 ? 'ok\n' : `${problems.join('\n')}\n` };
}

/** Ready: every cache has been filled once. */
export function readiness(watchers: readonly Watcher[]): ProbeAnswer {
  const waiting = watchers.filter(({ synced }) => !synced).map(({ plural }) => plural);
  const ok = watchers.length > 0 && waiting.length === 0;
  return { ok, body: ok ? 'ok\n' : `waiting for the first list of ${waiting.join(', ')}\n` };
}

/** Serves /healthz, /readyz and /metrics, as long as the operator runs. Resolves once both ports listen. */
export async function createProbes(
  config: Pick<OperatorConfig, 'probePort' | 'metricsPort'>,
  metrics: RuntimeMetrics,
  operator: { readonly reflectors: readonly Watcher[] },
): Promise<readonly Server[]> {
  const lag = monitorEventLoopDelay({ resolution: 20 });
  lag.enable();
  const healthz = (): ProbeAnswer => {
    const meanMs = lag.count > 0 ? lag.mean / 1e6 : 0;
    lag.reset();
    return liveness(operator.reflectors, meanMs);
  };
  const probes = await serveProbes(config.probePort, {
    '/healthz': healthz,
    '/readyz': () => readiness(operator.reflectors),
  });
  const { registry } = metrics;
  const exposition = await serveProbes(config.metricsPort, {
    '/metrics': async () => ({ ok: true, body: await registry.metrics(), contentType: registry.contentType }),
  });
  return [probes.server, exposition.server];
}
