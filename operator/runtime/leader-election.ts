import type { ApiClient } from './api-client.ts';
import { ApiError } from './api-error.ts';
import { delay, microTime, type Clock } from './clock.ts';
import { collectionPath, objectPath, type KubeObject } from './kube-object.ts';
import type { Log } from './log.ts';

interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string | null;
  readonly renewTime?: string | null;
  readonly leaseTransitions?: number;
}

interface Lease extends KubeObject {
  readonly spec?: LeaseSpec;
}

export interface LeaderElectionOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly namespace: string;
  readonly name: string;
  /** Name of this process, unlike that of every other which runs at the same time. */
  readonly identity: string;
  readonly log: Log;
}

const LEASES = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', plural: 'leases' } as const;
// controller-runtime's defaults: pkg/manager/internal.go.
const LEASE_SECONDS = 15;
const RENEW_DEADLINE_MS = 10_000;
const RETRY_MS = 2000;
/** Short enough that several tries, each of a read and a write, fit before the deadline. */
const REQUEST_TIMEOUT_MS = 2000;

/**
 * Elects one of several processes by a Lease, as client-go's tools/leaderelection does. Whether another's lease has run
 * out is judged by how long this process has seen it unchanged, never by comparing clocks of two machines.
 */
export class LeaderElection {
  readonly #options: LeaderElectionOptions;
  #lease: Lease | undefined;
  #observedMs = 0;
  /** When the last try that succeeded began: nobody else has seen the lease renewed before that. */
  #renewedMs = 0;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
  }

  /** Resolves true once this process holds the lease, false if the signal aborts before. */
  async acquire(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (await this.#tryToHold(signal)) return true;
      await this.#pause(signal);
    }
    return false;
  }

  /**
   * Renews the lease until the signal aborts. Resolves true when the signal ended it, and false when the lease was lost, at the
   * latest when the last renewal is as old as the renew deadline: tries and pauses end there, whatever they wait for.
   */
  async hold(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const deadlineMs = this.#renewedMs + RENEW_DEADLINE_MS;
      await this.#pause(signal, this.#remainingMs(deadlineMs));
      if (signal.aborted) break;
      if (this.#remainingMs(deadlineMs) <= 0) return false;
      const renewed = await this.#tryToHold(signal, deadlineMs);
      if (!renewed && !signal.aborted && this.#remainingMs(deadlineMs) <= 0) return false;
    }
    return true;
  }

  /** Gives the lease back, so that another need not wait until it runs out. Failing is harmless. */
  async release(): Promise<void> {
    if (this.#lease?.spec?.holderIdentity !== this.#options.identity) return;
    try {
      // The shortest duration that the API allows, as client-go writes it on release.
      await this.#write(this.#lease, { ...this.#lease.spec, holderIdentity: '', leaseDurationSeconds: 1 });
    } catch (error) {
      this.#options.log.warn({ err: error }, 'the lease could not be given back; it runs out by itself');
    }
  }

  #pause(signal: AbortSignal, atMostMs = Infinity): Promise<void> {
    const { clock, random } = this.#options;
    return delay(clock, Math.min(RETRY_MS * (1 + 0.2 * random()), atMostMs), signal);
  }

  /** In whole milliseconds, never more than there are. */
  #remainingMs(deadlineMs: number): number {
    return Math.floor(deadlineMs - this.#options.clock.nowMs());
  }

  /** One read and one write. Nothing of it goes on after the deadline. */
  async #tryToHold(signal: AbortSignal, deadlineMs = Infinity): Promise<boolean> {
    const startedMs = this.#options.clock.nowMs();
    const held = await this.#readAndWrite(signal, deadlineMs);
    if (held) this.#renewedMs = startedMs;
    return held;
  }

  async #readAndWrite(signal: AbortSignal, deadlineMs: number): Promise<boolean> {
    const { clock, identity, log } = this.#options;
    const own: LeaseSpec = { holderIdentity: identity, leaseDurationSeconds: LEASE_SECONDS };
    const acquireTime = microTime(clock.wallTime());
    try {
      const lease = await this.#read(signal, deadlineMs);
      if (!lease) return await this.#write(undefined, { ...own, acquireTime, leaseTransitions: 0 }, deadlineMs);
      const holder = lease.spec?.holderIdentity;
      if (holder === identity) return await this.#write(lease, { ...lease.spec, ...own }, deadlineMs);
      if (holder && !this.#hasRunOut(lease)) return false;
      log.info({ holder: holder || 'nobody' }, 'taking over the lease');
      const leaseTransitions = (lease.spec?.leaseTransitions ?? 0) + 1;
      return await this.#write(lease, { ...own, acquireTime, leaseTransitions }, deadlineMs);
    } catch (error) {
      if (signal.aborted) return false;
      // A conflict means that another was faster; that is how an election is lost, and no news.
      const lost = error instanceof ApiError && (error.kind === 'conflict' || error.kind === 'alreadyExists');
      if (!lost) log.warn({ err: error }, 'the lease could not be read or written');
      return false;
    }
  }

  #hasRunOut(lease: Lease): boolean {
    const seconds = lease.spec?.leaseDurationSeconds ?? LEASE_SECONDS;
    return this.#options.clock.nowMs() - this.#observedMs > seconds * 1000;
  }

  /**
   * How long a request may take that begins now.
   * @throws ApiError when the deadline has passed
   */
  #timeoutMs(deadlineMs: number): number {
    const remainingMs = this.#remainingMs(deadlineMs);
    if (remainingMs <= 0) throw new ApiError('timeout', 'the lease was not renewed in time');
    return Math.min(REQUEST_TIMEOUT_MS, remainingMs);
  }

  async #read(signal: AbortSignal, deadlineMs: number): Promise<Lease | undefined> {
    const { client, namespace, name } = this.#options;
    try {
      const path = objectPath(LEASES, namespace, name);
      const timeoutMs = this.#timeoutMs(deadlineMs);
      return this.#observe(await client.request<Lease>({ method: 'GET', path, signal, timeoutMs }));
    } catch (error) {
      if (error instanceof ApiError && error.kind === 'notFound') return undefined;
      throw error;
    }
  }

  #observe(lease: Lease): Lease {
    const { clock } = this.#options;
    if (lease.metadata.resourceVersion !== this.#lease?.metadata.resourceVersion) this.#observedMs = clock.nowMs();
    this.#lease = lease;
    return lease;
  }

  /** Writes the lease, provided that nobody has written it since it was read. */
  async #write(lease: Lease | undefined, spec: LeaseSpec, deadlineMs = Infinity): Promise<true> {
    const { client, clock, namespace, name } = this.#options;
    const written = await client.request<Lease>({
      method: lease ? 'PUT' : 'POST',
      path: lease ? objectPath(LEASES, namespace, name) : collectionPath(LEASES, namespace),
      body: {
        apiVersion: LEASES.apiVersion,
        kind: LEASES.kind,
        metadata: lease?.metadata ?? { name, namespace },
        spec: { ...spec, renewTime: microTime(clock.wallTime()) },
      },
      timeoutMs: this.#timeoutMs(deadlineMs),
    });
    this.#observe(written);
    return true;
  }
}
