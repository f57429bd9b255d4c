import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { inject, onTestFinished } from 'vitest';
import { readConfig, type OperatorConfig } from '../config.ts';
import { CONTROLLER, maxConnections, runOperator } from '../run.ts';
import { createRuntimeMetrics, type RuntimeMetrics } from '../runtime/metrics.ts';
import { SharedKubeConfig } from '../runtime/shared-kube-config.ts';
import type { ApiWorld } from './api-world.ts';
import { until } from './until.ts';

/** The operator, whole and in this process, looking after one namespace. */
export class RunningOperator {
  readonly metrics: RuntimeMetrics = createRuntimeMetrics(CONTROLLER);
  readonly ended: Promise<'asked' | 'leaseLost'>;
  readonly #stopping = new AbortController();

  constructor(config: OperatorConfig, kubeConfig: SharedKubeConfig) {
    const log = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });
    this.ended = runOperator({ config, log, kubeConfig, signal: this.#stopping.signal, metrics: this.metrics });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.ended;
  }

  /** Waits until that many passes have ended well and none is due or under way. */
  async idle(passes: number): Promise<void> {
    await until(`${passes} passes and then none`, async () => {
      const { reconciles, depth, activeWorkers } = this.metrics;
      const ended = (await reconciles.get()).values.filter(
        ({ labels }) => (labels as { result?: string }).result !== 'error',
      );
      const count = (values: readonly { readonly value: number }[]): number =>
        values.reduce((sum, { value }) => sum + value, 0);
      const busy = count((await depth.get()).values) + count((await activeWorkers.get()).values);
      return count(ended) >= passes && busy === 0;
    });
  }
}

/** Starts an operator for the namespace of a test; it is stopped with the test, if not before. */
export async function startOperator(
  world: ApiWorld,
  options: { readonly env?: Readonly<Record<string, string>>; readonly kubeConfig?: SharedKubeConfig } = {},
): Promise<RunningOperator> {
  const env = { WATCH_NAMESPACE: world.namespace, METRICS_PORT: '0', PROBE_PORT: '0', ...options.env };
  const config = readConfig(env, 'test');
  const kubeConfig = options.kubeConfig ?? new SharedKubeConfig(maxConnections(config));
  if (!options.kubeConfig) kubeConfig.loadFromFile(inject('apiServer').kubeconfigPath);
  const operator = new RunningOperator(config, kubeConfig);
  onTestFinished(() => operator.stop());
  return operator;
}

/** A request as the API server recorded it. */
export interface AuditedRequest {
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string | undefined;
  readonly name: string | undefined;
  readonly code: number;
}

interface AuditEvent {
  readonly verb: string;
  readonly userAgent?: string;
  readonly user?: { readonly username?: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

/** What operators have asked of the API server in this namespace, watches and lists left out. */
export async function operatorRequests(namespace: string): Promise<readonly AuditedRequest[]> {
  const lines = (await readFile(inject('apiServer').auditLogPath, 'utf8')).split('\n');
  return lines
    .filter((line) => line.includes(namespace) && line.endsWith('}'))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ userAgent, verb, objectRef }) => {
      return (
        userAgent?.startsWith('docservice-operator/') &&
        objectRef?.namespace === namespace &&
        verb !== 'watch' &&
        verb !== 'list'
      );
    })
    .map(({ verb, objectRef, responseStatus }) => ({
      verb,
      resource: objectRef?.resource ?? '',
      subresource: objectRef?.subresource,
      name: objectRef?.name,
      code: responseStatus?.code ?? 0,
    }));
}

/** Requests counted, as `create services` or `patch documentservices/status`. */
export function tally(requests: readonly AuditedRequest[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { verb, resource, subresource } of requests) {
    const what = `${verb} ${resource}${subresource ? `/${subresource}` : ''}`;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}
