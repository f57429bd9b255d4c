import { describe, expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '../test/fake-clock.ts';
import {
  ScriptedApiServer,
  failure,
  json,
  reset,
  type Handler,
  type SeenRequest,
} from '../test/scripted-api-server.ts';
import { silentLog } from '../test/silent-log.ts';
import { until } from '../test/until.ts';
import type { ApiClient, ApiRequest } from './api-client.ts';
import { ApiError } from './api-error.ts';
import { LeaderElection } from './leader-election.ts';

interface Lease {
  metadata: { name: string; resourceVersion: string };
  spec: {
    holderIdentity: string;
    leaseDurationSeconds: number;
    leaseTransitions: number;
    renewTime: string;
    acquireTime: string;
  };
}

/** An API server that keeps one lease, with the optimistic lock of the real one; faults can be put in its way. */
class LeaseServer {
  lease: Lease | undefined;
  fault: Handler | undefined;
  readonly server = new ScriptedApiServer((request) => (this.fault ?? this.#answer)(request));
  #version = 0;

  readonly #answer = (request: SeenRequest): void => {
    const sent = request.body === '' ? undefined : (JSON.parse(request.body) as Lease);
    if (request.method === 'GET')
      return this.lease ? json(200, this.lease)(request) : failure(404, 'NotFound')(request);
    if (!sent) return failure(400, 'BadRequest')(request);
    if (request.method === 'POST' && this.lease) return failure(409, 'AlreadyExists')(request);
    if (request.method === 'PUT' && sent.metadata.resourceVersion !== this.lease?.metadata.resourceVersion) {
      return failure(409, 'Conflict')(request);
    }
    this.lease = { ...sent, metadata: { ...sent.metadata, resourceVersion: String((this.#version += 1)) } };
    return json(200, this.lease)(request);
  };
}

async function world() {
  const leases = new LeaseServer();
  await leases.server.listen();
  const clock = new FakeClock();
  const stopping = new AbortController();
  onTestFinished(async () => {
    stopping.abort();
    await leases.server.close();
  });
  const candidate = (identity: string): LeaderElection =>
    new LeaderElection({
      client: leases.server.client(),
      clock,
      random: () => 0,
      namespace: 'n',
      name: 'l',
      identity,
      log: silentLog,
    });
  let ended = 0;
  /** Counts among those who wait no more, once it has resolved. */
  const tracked = <T>(promise: Promise<T>): Promise<T> => promise.finally(() => (ended += 1));
  /** Lets time pass for so many candidates, second by second, each time until all of them pause or have ended. */
  const pass = async (ms: number, candidates = 1): Promise<void> => {
    const allPause = (): boolean => clock.pendingMs.length + ended >= candidates;
    for (let passedMs = 0; passedMs < ms; passedMs += 1000) {
      await until('all candidates pause', allPause);
      clock.advance(1000);
    }
    await until('all candidates pause', allPause);
  };
  return { leases, clock, candidate, pass, tracked, signal: stopping.signal, stop: () => stopping.abort() };
}

describe('the lease', () => {
  test('is made by the first who asks, for 15 seconds, with times of six digits', async () => {
    const { leases, candidate, signal } = await world();
    expect(await candidate('a').acquire(signal)).toBe(true);
    expect(leases.lease?.spec).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      leaseTransitions: 0,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:00.000000Z',
    });
  });

  test('is taken back at once by whoever bears the holder’s name: a container that was restarted', async () => {
    const { leases, candidate, signal } = await world();
    await candidate('a').acquire(signal);
    expect(await candidate('a').acquire(signal)).toBe(true);
    expect(leases.lease?.spec.leaseTransitions).toBe(0);
  });

  test('is free at once when it was given back', async () => {
    const { leases, candidate, signal } = await world();
    const first = candidate('a');
    await first.acquire(signal);
    await first.release();
    expect(leases.lease?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    expect(await candidate('b').acquire(signal)).toBe(true);
    expect(leases.lease?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  test('of one who is dead is taken over after 15 seconds of the own clock, whatever time the lease says', async () => {
    const { leases, candidate, clock, pass, tracked, signal } = await world();
    await candidate('dead').acquire(signal);
    if (leases.lease) leases.lease.spec.renewTime = '2099-01-01T00:00:00.000000Z';
    const acquired = tracked(candidate('b').acquire(signal));
    await pass(14_000);
    expect(leases.lease?.spec.holderIdentity).toBe('dead');
    await pass(4000);
    expect(await acquired).toBe(true);
    expect(clock.nowMs()).toBeLessThanOrEqual(18_000);
    expect(leases.lease?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  test('of one who renews it is never taken over', async () => {
    const { leases, candidate, pass, signal } = await world();
    const first = candidate('a');
    await first.acquire(signal);
    void first.hold(signal);
    void candidate('b').acquire(signal);
    await pass(60_000, 2);
    expect(leases.lease?.spec).toMatchObject({ holderIdentity: 'a', leaseTransitions: 0 });
  });
});

describe('a holder', () => {
  test.each([
    { name: 'that is refused', fault: failure(500, 'InternalError') },
    { name: 'that gets no connection', fault: reset },
  ])('$name for 10 seconds gives up, before another may lead', async ({ fault }) => {
    const { leases, candidate, pass, tracked, signal } = await world();
    const holder = candidate('a');
    await holder.acquire(signal);
    const held = tracked(holder.hold(signal));
    leases.fault = fault;
    await pass(10_000);
    expect(await held).toBe(false);
  });

  test('survives a fault that is shorter', async () => {
    const { leases, candidate, pass, signal, stop } = await world();
    const holder = candidate('a');
    await holder.acquire(signal);
    const held = holder.hold(signal);
    leases.fault = failure(500, 'InternalError');
    await pass(6000);
    leases.fault = undefined;
    await pass(20_000);
    stop();
    expect(await held).toBe(true);
  });
});

describe('a holder whose requests hang until their timeout', () => {
  test.each([
    { name: 'all of them', readMs: Infinity, writeMs: Infinity },
    { name: 'those that write, after slow reads', readMs: 1900, writeMs: Infinity },
    { name: 'those that write, after reads of fractions of a millisecond', readMs: 1234.5, writeMs: Infinity },
  ])('$name: gives up within 10 seconds of the beginning of its last renewal', async ({ readMs, writeMs }) => {
    const clock = new FakeClock();
    const timeouts: number[] = [];
    const server = { readMs: 1900, writeMs: 1900, lastCommitSentMs: 0 };
    let lease: Lease | undefined;
    /** Answers after its time, or fails when the request's is over; either way that time has passed. */
    const client: ApiClient = {
      async request<T>({ method, body, timeoutMs = 0 }: ApiRequest): Promise<T> {
        timeouts.push(timeoutMs);
        const sentMs = clock.nowMs();
        const answerMs = method === 'GET' ? server.readMs : server.writeMs;
        clock.advance(Math.min(answerMs, timeoutMs));
        if (answerMs > timeoutMs) throw new ApiError('timeout', 'no answer');
        if (method === 'GET' && !lease) throw new ApiError('notFound', 'no lease');
        if (method !== 'GET') server.lastCommitSentMs = sentMs;
        if (method !== 'GET') lease = { ...(body as Lease), metadata: { name: 'l', resourceVersion: String(sentMs) } };
        return lease as T;
      },
      watch: () => Promise.reject(new Error('nobody watches here')),
    };
    const holder = new LeaderElection({
      client,
      clock,
      random: () => 0.123,
      namespace: 'n',
      name: 'l',
      identity: 'a',
      log: silentLog,
    });
    const { signal } = new AbortController();
    expect(await holder.acquire(signal)).toBe(true);
    Object.assign(server, { readMs, writeMs });
    let held: boolean | undefined;
    void holder.hold(signal).then((value) => (held = value));
    await until('the end of its leading', () => {
      const [pauseMs] = clock.pendingMs;
      if (pauseMs !== undefined) clock.advance(pauseMs);
      return held !== undefined;
    });
    expect(held).toBe(false);
    expect(clock.nowMs() - server.lastCommitSentMs).toBeLessThanOrEqual(10_000);
    // AbortSignal.timeout takes nothing else.
    expect(timeouts.filter((ms) => !Number.isInteger(ms) || ms < 1)).toEqual([]);
  });
});

test('who is asked to stop while waiting for the lease does not get it', async () => {
  const { candidate, signal, stop, leases } = await world();
  await candidate('a').acquire(signal);
  const waiting = candidate('b').acquire(signal);
  await until('a try', () => leases.server.requests.length >= 3);
  stop();
  expect(await waiting).toBe(false);
});
