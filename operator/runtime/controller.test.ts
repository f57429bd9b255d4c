import { describe, expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '../test/fake-clock.ts';
import { silentLog } from '../test/silent-log.ts';
import { ApiError } from './api-error.ts';
import { Controller, type Outcome, type Reconcile } from './controller.ts';
import { createRuntimeMetrics } from './metrics.ts';

/** A controller whose passes end as they are told, and what it counts. */
function world(reconcile: Reconcile, concurrency = 2) {
  const clock = new FakeClock();
  const metrics = createRuntimeMetrics('test');
  const controller = new Controller({ name: 'test', reconcile, concurrency, clock, metrics, log: silentLog });
  onTestFinished(() => controller.stop());
  const count = async (metric: {
    get(): Promise<{ readonly values: readonly { readonly value: number; readonly labels: object }[] }>;
  }) => {
    const { values } = await metric.get();
    return Object.fromEntries(values.map(({ labels, value }) => [Object.values(labels).join(' '), value]));
  };
  controller.start();
  return { clock, metrics, controller, queue: controller.queue, count };
}

const always =
  (outcome: Outcome): Reconcile =>
  async () =>
    outcome;

describe('a pass that ends as', () => {
  const busy = new ApiError('throttled', 'busy', { retryAfterMs: 2000 });
  test.each([
    { outcome: { kind: 'done' }, dueMs: [], result: 'success' },
    { outcome: { kind: 'requeueAfter', delayMs: 300 }, dueMs: [300], result: 'requeue_after' },
    { outcome: { kind: 'backoff', error: new Error('x') }, dueMs: [5], result: 'error' },
    { outcome: { kind: 'backoff', error: busy }, dueMs: [2000], result: 'error' },
    { outcome: { kind: 'terminal', error: new Error('x') }, dueMs: [], result: 'error' },
  ] as const)('$outcome.kind comes again in $dueMs ms and counts as $result', async ({ outcome, dueMs, result }) => {
    const { clock, metrics, queue, count } = world(always(outcome));
    queue.add('a');
    await expect.poll(async () => (await count(metrics.reconciles))[`test ${result}`]).toBe(1);
    expect(clock.pendingMs).toEqual(dueMs);
    const isTerminal = outcome.kind === 'terminal';
    expect(await count(metrics.terminalErrors)).toEqual({ test: isTerminal ? 1 : 0 });
    expect(await count(metrics.reconcileErrors)).toEqual({ test: result === 'error' ? 1 : 0 });
  });

  test('an exception is tried again and counted as a fault of ours', async () => {
    const { clock, metrics, queue, count } = world(() => Promise.reject(new TypeError('oops')));
    queue.add('a');
    await expect.poll(() => clock.pendingMs).toEqual([5]);
    expect(await count(metrics.panics)).toEqual({ test: 1 });
  });

  test('an error of the API is tried again and is no fault of ours', async () => {
    const { clock, metrics, queue, count } = world(() => Promise.reject(new ApiError('network', 'gone')));
    queue.add('a');
    await expect.poll(() => clock.pendingMs).toEqual([5]);
    expect(await count(metrics.panics)).toEqual({ test: 0 });
  });
});

test('failures in a row grow the delay, a success ends the row', async () => {
  const outcomes: Outcome[] = [1, 2, 3].map(() => ({ kind: 'backoff', error: new Error('x') }));
  outcomes.push({ kind: 'done' }, { kind: 'backoff', error: new Error('x') });
  const { clock, queue } = world(async () => outcomes.shift() ?? { kind: 'done' });
  queue.add('a');
  for (const dueMs of [5, 10, 20]) {
    await expect.poll(() => clock.pendingMs).toEqual([dueMs]);
    clock.advance(dueMs);
  }
  await expect.poll(() => outcomes.length).toBe(1);
  queue.add('a');
  await expect.poll(() => clock.pendingMs).toEqual([5]);
});

test('several keys at a time, but no more than allowed, and one key never twice', async () => {
  const underWay: string[] = [];
  const ends: (() => void)[] = [];
  const { queue } = world(async (key) => {
    underWay.push(key);
    await new Promise<void>((resolve) => ends.push(resolve));
    return { kind: 'done' };
  });
  for (const key of ['a', 'b', 'c']) queue.add(key);
  await expect.poll(() => underWay).toEqual(['a', 'b']);
  queue.add('a');
  ends.shift()?.();
  await expect.poll(() => underWay).toEqual(['a', 'b', 'c']);
  for (const end of ends.splice(0)) end();
  await expect.poll(() => underWay).toEqual(['a', 'b', 'c', 'a']);
  for (const end of ends.splice(0)) end();
});

test('stop waits for the passes under way and begins no other', async () => {
  const ends: (() => void)[] = [];
  const begun: string[] = [];
  const { controller, queue } = world(async (key) => {
    begun.push(key);
    await new Promise<void>((resolve) => ends.push(resolve));
    return { kind: 'done' };
  }, 1);
  queue.add('a');
  queue.add('b');
  await expect.poll(() => begun).toEqual(['a']);
  let stopped = false;
  const stopping = controller.stop().then(() => (stopped = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(stopped).toBe(false);
  ends.shift()?.();
  await stopping;
  expect(begun).toEqual(['a']);
});
