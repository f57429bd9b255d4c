import { performance } from 'node:perf_hooks';
import type { Logger } from 'pino';
import { createCaches } from './caches.ts';
import { ChildKeeper } from './child-keeper.ts';
import { ChildWriter } from './child-writer.ts';
import type { OperatorConfig } from './config.ts';
import { MANAGER } from './desired/names.ts';
import { DOCUMENT_SERVICES, type DocumentService } from './document-service.ts';
import { createProbes } from './health.ts';
import { DocumentServiceOperator } from './operator.ts';
import { createReconcile } from './reconciler.ts';
import { Refusals } from './refusals.ts';
import { HttpApiClient } from './runtime/api-client.ts';
import { delay, systemClock } from './runtime/clock.ts';
import { Controller } from './runtime/controller.ts';
import { EventRecorder, type RecordedEvent } from './runtime/event-recorder.ts';
import { LeaderElection } from './runtime/leader-election.ts';
import type { RuntimeMetrics } from './runtime/metrics.ts';
import { PendingWrites } from './runtime/pending-writes.ts';
import { closeServer } from './runtime/probes.ts';
import type { SharedKubeConfig } from './runtime/shared-kube-config.ts';
import { StatusWriter } from './status-writer.ts';
import { createReflector, WATCHED_TYPES } from './watches.ts';

/** The label `controller` of the metrics. */
export const CONTROLLER = 'documentservice';
/** How often to look whether the caches are filled. */
const SYNC_POLL_MS = 20;

export interface RunOptions {
  readonly config: OperatorConfig;
  readonly log: Logger;
  /** Loaded: it knows its cluster. */
  readonly kubeConfig: SharedKubeConfig;
  /** Ends the operator. */
  readonly signal: AbortSignal;
  readonly metrics: RuntimeMetrics;
}

/**
 * Connections to the API server at most: one per watch, one per pass under way, and one for the lease, whose renewal must not
 * wait behind passes that hang.
 */
export function maxConnections(config: OperatorConfig): number {
  return WATCHED_TYPES.length + config.maxConcurrentReconciles + 1;
}

/**
 * Runs the operator until the signal aborts (`asked`) or the lease is lost (`leaseLost`). When it resolves, every pass has ended,
 * the lease is given back and nothing is open any more.
 * @throws Error when it cannot start: credentials that cannot be read, a port that is taken
 */
export async function runOperator({
  config,
  log,
  kubeConfig,
  signal,
  metrics,
}: RunOptions): Promise<'asked' | 'leaseLost'> {
  const client = new HttpApiClient(kubeConfig, metrics, `${MANAGER}/1`);
  const { operator, controller } = assemble({ config, log, metrics, kubeConfig, client });
  const servers = await createProbes(config, metrics, operator);
  log.info({ server: kubeConfig.server, namespace: config.watchNamespace ?? 'all' }, 'starting');
  try {
    await operator.start();
    await synced(operator, signal);
    log.info({ sinceStartMs: Math.round(performance.now()) }, 'caches are filled');
    return await lead({ config, log, metrics, client, controller, signal });
  } finally {
    operator.stop();
    await operator.stopped();
    await kubeConfig.close();
    await Promise.all(servers.map((server) => closeServer(server)));
  }
}

interface Parts {
  readonly config: OperatorConfig;
  readonly log: Logger;
  readonly metrics: RuntimeMetrics;
  readonly client: HttpApiClient;
}

/** Wires caches, watches, queue and reconciler together. */
function assemble({ config, log, metrics, client, kubeConfig }: Parts & { readonly kubeConfig: SharedKubeConfig }) {
  const clock = systemClock;
  const caches = createCaches();
  const pendingWrites = new PendingWrites();
  const recorder = new EventRecorder({
    client,
    clock,
    controller: 'docservice.dev/operator',
    instance: config.identity,
    log,
  });
  const recordEvent = (resource: DocumentService, event: RecordedEvent): Promise<void> =>
    recorder.record({ ...resource, apiVersion: DOCUMENT_SERVICES.apiVersion, kind: DOCUMENT_SERVICES.kind }, event);
  const writer = new ChildWriter(client);
  const refusals = new Refusals(clock);
  const reconcile = createReconcile({
    caches,
    keeper: new ChildKeeper({ caches, writer, refusals, pendingWrites, recordEvent }),
    writer,
    status: new StatusWriter({ client, clock, cache: caches.documentServices, pendingWrites, recordEvent }),
    refusals,
    pendingWrites,
  });
  const concurrency = config.maxConcurrentReconciles;
  const controller = new Controller({ name: CONTROLLER, reconcile, concurrency, clock, metrics, log });
  const operator = new DocumentServiceOperator({
    kubeConfig,
    namespace: config.watchNamespace,
    createReflector: (plural, onChange) =>
      createReflector({ client, caches, clock, random: Math.random, log }, plural, config.watchNamespace, onChange),
    enqueue: (key, priority) => controller.queue.add(key, priority),
    logger: {
      debug: (message) => log.debug(message),
      info: (message) => log.info(message),
      warn: (message) => log.warn(message),
      error: (message) => log.error(message),
    },
  });
  return { operator, controller };
}

/** Waits until every cache has been filled once, or the signal aborts. */
async function synced(operator: DocumentServiceOperator, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !operator.reflectors.every((reflector) => reflector.synced)) {
    await delay(systemClock, SYNC_POLL_MS, signal);
  }
}

/** Takes the lease where there is one, runs the controller while it is held, and gives it back. */
async function lead(
  parts: Parts & { readonly controller: Controller; readonly signal: AbortSignal },
): Promise<'asked' | 'leaseLost'> {
  const { config, log, metrics, client, controller, signal } = parts;
  const isLeader = (leads: boolean): void => metrics.leader.set({ name: MANAGER }, leads ? 1 : 0);
  isLeader(false);
  if (config.leaseNamespace === undefined) {
    isLeader(true);
    controller.start();
    await new Promise((resolve) => (signal.aborted ? resolve(undefined) : signal.addEventListener('abort', resolve)));
    await controller.stop();
    return 'asked';
  }
  const election = new LeaderElection({
    client,
    clock: systemClock,
    random: Math.random,
    namespace: config.leaseNamespace,
    name: MANAGER,
    identity: config.identity,
    log,
  });
  if (!(await election.acquire(signal))) return 'asked';
  log.info({ identity: config.identity }, 'leading');
  isLeader(true);
  controller.start();
  const held = await election.hold(signal);
  // Without the lease another may lead already: what is under way is not waited for, the process ends.
  if (!held) return 'leaseLost';
  await controller.stop();
  await election.release();
  return 'asked';
}
