import { backoffDelayMs, queueBackoff } from './backoff.ts';
import type { Cancel, Clock } from './clock.ts';

/** Where a key comes from: an edit overtakes what a list or a resync brings. */
export type Priority = 'edit' | 'resync';

/** What the queue reports. */
export interface QueueObserver {
  onAdd(depth: number): void;
  onGet(depth: number, waitedMs: number): void;
  onRetry(): void;
}

/**
 * A queue of keys with the semantics of client-go's util/workqueue:
 * - a key is in the queue once, however often it is added (`dirty`);
 * - a key whose pass is under way is not handed out again, but waits until that pass is done and then comes once more;
 * - a failed key comes back after a delay that doubles until it is forgotten.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #observer: QueueObserver | undefined;
  readonly #ready: Record<Priority, Map<string, number>> = { edit: new Map(), resync: new Map() };
  readonly #processing = new Set<string>();
  readonly #dirty = new Map<string, Priority>();
  readonly #delayed = new Map<string, { readonly dueMs: number; readonly cancel: Cancel }>();
  readonly #failures = new Map<string, number>();
  readonly #getters: ((key: string | undefined) => void)[] = [];
  #closed = false;

  constructor(clock: Clock, observer?: QueueObserver) {
    this.#clock = clock;
    this.#observer = observer;
  }

  /** Keys that wait, without those that wait for their time. */
  get depth(): number {
    return this.#ready.edit.size + this.#ready.resync.size;
  }

  /** Adds a key, unless it already waits. After `close` it does nothing. */
  add(key: string, priority: Priority = 'edit'): void {
    if (this.#closed) return;
    if (this.#processing.has(key)) {
      if (this.#dirty.get(key) !== 'edit') this.#dirty.set(key, priority);
      return;
    }
    if (this.#ready.edit.has(key)) return;
    if (priority === 'resync' && this.#ready.resync.has(key)) return;
    // An edit of a key that waits among the resyncs moves it to the front room, with the time it has waited.
    const sinceMs = this.#ready.resync.get(key) ?? this.#clock.nowMs();
    this.#ready.resync.delete(key);
    this.#ready[priority].set(key, sinceMs);
    this.#observer?.onAdd(this.depth);
    this.#handOut();
  }

  /** Adds a key after a delay. Of several delays for one key the earliest counts. */
  addAfter(key: string, delayMs: number): void {
    if (this.#closed) return;
    if (delayMs <= 0) return this.add(key);
    const dueMs = this.#clock.nowMs() + delayMs;
    const waiting = this.#delayed.get(key);
    if (waiting && waiting.dueMs <= dueMs) return;
    waiting?.cancel();
    const cancel = this.#clock.after(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { dueMs, cancel });
  }

  /** Adds a failed key after its backoff, but not before `atLeastMs`. Returns the delay. */
  addRateLimited(key: string, atLeastMs = 0): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const delayMs = Math.max(backoffDelayMs(queueBackoff, failures, 0), atLeastMs);
    this.#observer?.onRetry();
    this.addAfter(key, delayMs);
    return delayMs;
  }

  /** Starts the backoff of a key from the beginning. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, as soon as there is one; undefined once the queue is closed. Every key has to be given back by `done`. */
  get(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#getters.push(resolve);
      this.#handOut();
    });
  }

  /** Says that the pass of a key is over. */
  done(key: string): void {
    this.#processing.delete(key);
    const priority = this.#dirty.get(key);
    this.#dirty.delete(key);
    if (priority) this.add(key, priority);
  }

  /** Hands out nothing more and drops what waits. Passes under way go on. */
  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    this.#ready.edit.clear();
    this.#ready.resync.clear();
    this.#dirty.clear();
    for (const resolve of this.#getters.splice(0)) resolve(undefined);
  }

  #handOut(): void {
    if (this.#closed) {
      for (const resolve of this.#getters.splice(0)) resolve(undefined);
      return;
    }
    while (this.#getters.length > 0 && this.depth > 0) {
      const room = this.#ready.edit.size > 0 ? this.#ready.edit : this.#ready.resync;
      const [next] = room;
      const resolve = this.#getters.shift();
      if (!next || !resolve) return;
      const [key, sinceMs] = next;
      room.delete(key);
      this.#processing.add(key);
      this.#observer?.onGet(this.depth, this.#clock.nowMs() - sinceMs);
      resolve(key);
    }
  }
}
