import { randomUUID } from 'node:crypto';
import { ApiError } from './api-error.ts';
import type { Clock } from './clock.ts';
import type { Log, ParentLog } from './log.ts';
import type { ReconcileResult, RuntimeMetrics } from './metrics.ts';
import { WorkQueue } from './work-queue.ts';

/**
 * How a pass ended, and so when the key comes again:
 * - `done`: when something changes;
 * - `requeueAfter`: after a delay, an expected wait and no error;
 * - `backoff`: soon, then ever later, until a pass ends otherwise;
 * - `terminal`: an error that no retry mends: when something changes.
 */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'requeueAfter'; readonly delayMs: number }
  | { readonly kind: 'backoff'; readonly error: unknown }
  | { readonly kind: 'terminal'; readonly error: unknown };

/** What a pass is told besides its key. */
export interface PassContext {
  /** Carries the id of the pass. */
  readonly log: Log;
}

/** One level-based pass for a key. What it throws is treated as `backoff`. */
export type Reconcile = (key: string, context: PassContext) => Promise<Outcome>;

export interface ControllerOptions {
  readonly name: string;
  readonly reconcile: Reconcile;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly metrics: RuntimeMetrics;
  readonly log: ParentLog;
}

/** Takes keys from the queue, runs their passes, several at a time but one per key, and decides what comes next. */
export class Controller {
  readonly queue: WorkQueue;
  readonly #options: ControllerOptions;
  #workers: Promise<void>[] = [];

  constructor(options: ControllerOptions) {
    this.#options = options;
    const { metrics, name } = options;
    const labels = { name, controller: name };
    this.queue = new WorkQueue(options.clock, {
      onAdd(depth) {
        metrics.adds.inc(labels);
        metrics.depth.set(labels, depth);
      },
      onGet(depth, waitedMs) {
        metrics.depth.set(labels, depth);
        metrics.queueSeconds.observe(labels, waitedMs / 1000);
      },
      onRetry() {
        metrics.retries.inc(labels);
      },
    });
    metrics.maxConcurrent.set({ controller: name }, options.concurrency);
    metrics.activeWorkers.set({ controller: name }, 0);
  }

  /** Starts the workers. Keys added before have waited for this. */
  start(): void {
    this.#workers = Array.from({ length: this.#options.concurrency }, () => this.#work());
  }

  /** Takes no more keys; resolves when the passes under way are over. */
  async stop(): Promise<void> {
    this.queue.close();
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    for (;;) {
      const key = await this.queue.get();
      if (key === undefined) return;
      await this.#pass(key);
      this.queue.done(key);
    }
  }

  async #pass(key: string): Promise<void> {
    const { clock, log, metrics, name } = this.#options;
    const labels = { controller: name };
    const startedMs = clock.nowMs();
    const passLog = log.child({ reconcileId: randomUUID(), resource: key });
    metrics.activeWorkers.inc(labels);
    const outcome = await this.#reconcile(key, passLog);
    const result = this.#settle(key, outcome, passLog);
    const seconds = (clock.nowMs() - startedMs) / 1000;
    metrics.activeWorkers.dec(labels);
    metrics.reconciles.inc({ controller: name, result });
    metrics.reconcileSeconds.observe(labels, seconds);
    metrics.workSeconds.observe({ name, controller: name }, seconds);
  }

  async #reconcile(key: string, log: Log): Promise<Outcome> {
    try {
      return await this.#options.reconcile(key, { log });
    } catch (error) {
      // A refusal by the API server is an everyday error; anything else that is thrown is a fault of ours.
      if (!(error instanceof ApiError)) this.#options.metrics.panics.inc({ controller: this.#options.name });
      return { kind: 'backoff', error };
    }
  }

  #settle(key: string, outcome: Outcome, log: Log): ReconcileResult {
    const { metrics, name } = this.#options;
    switch (outcome.kind) {
      case 'done':
        this.queue.forget(key);
        return 'success';
      case 'requeueAfter':
        this.queue.forget(key);
        this.queue.addAfter(key, outcome.delayMs);
        return 'requeue_after';
      case 'backoff': {
        const retryAfterMs = outcome.error instanceof ApiError ? outcome.error.retryAfterMs : 0;
        const delayMs = this.queue.addRateLimited(key, retryAfterMs);
        metrics.reconcileErrors.inc({ controller: name });
        log.warn({ err: outcome.error, retryInMs: delayMs }, 'the pass failed and is tried again');
        return 'error';
      }
      case 'terminal':
        this.queue.forget(key);
        metrics.reconcileErrors.inc({ controller: name });
        metrics.terminalErrors.inc({ controller: name });
        log.error({ err: outcome.error }, 'the pass failed and waits for a change');
        return 'error';
      default: {
        const impossible: never = outcome;
        throw new Error(`unknown outcome ${String(impossible)}`);
      }
    }
  }
}
