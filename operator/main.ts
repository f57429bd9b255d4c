import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { pino } from 'pino';
import { ConfigError, readConfig, type OperatorConfig } from './config.ts';
import { CONTROLLER, maxConnections, runOperator } from './run.ts';
import { ApiError } from './runtime/api-error.ts';
import { createRuntimeMetrics } from './runtime/metrics.ts';
import { SharedKubeConfig } from './runtime/shared-kube-config.ts';

/** How long the passes under way may take to end before the process goes anyway; less than the pod's grace period. */
const SHUTDOWN_DEADLINE_MS = 30_000;

function configOrExit(): OperatorConfig {
  try {
    return readConfig(process.env, `${hostname()}_${randomUUID()}`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    return process.exit(1);
  }
}

/** Finds the cluster as kubectl does, and makes sure that its address and credentials can be used at all. */
async function loadKubeConfig(kubeConfig: SharedKubeConfig): Promise<SharedKubeConfig> {
  try {
    kubeConfig.loadFromDefault();
    await kubeConfig.credentials();
    return kubeConfig;
  } catch (error) {
    throw new Error('no usable kubeconfig: set KUBECONFIG, or run in a pod with a service account token', {
      cause: error,
    });
  }
}

const config = configOrExit();
const log = pino({
  name: 'document-service-operator',
  level: config.logLevel,
  // What the API server says is told in one line; a stack says nothing about it.
  serializers: { err: (error: Error) => (error instanceof ApiError ? error.summary : pino.stdSerializers.err(error)) },
});
const stopping = new AbortController();

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping.signal.aborted) {
      log.warn({ signal }, 'asked to stop again: leaving at once');
      process.exit(1);
    }
    log.info({ signal }, 'stopping');
    stopping.abort();
    setTimeout(() => {
      log.error({ deadlineMs: SHUTDOWN_DEADLINE_MS }, 'the passes under way did not end in time');
      process.exit(1);
    }, SHUTDOWN_DEADLINE_MS).unref();
  });
}

try {
  const kubeConfig = await loadKubeConfig(new SharedKubeConfig(maxConnections(config)));
  const ending = await runOperator({
    config,
    log,
    kubeConfig,
    signal: stopping.signal,
    metrics: createRuntimeMetrics(CONTROLLER),
  });
  log.info({ ending }, 'stopped');
  process.exit(ending === 'asked' ? 0 : 1);
} catch (error) {
  log.fatal({ err: error }, 'the operator cannot run');
  process.exit(1);
}
