import type { DesiredChild } from './desired/child.ts';
import { APPLIED_HASH } from './plan.ts';
import type { Clock } from './runtime/clock.ts';
import type { Trouble } from './trouble.ts';

interface Refusal {
  readonly hash: string | undefined;
  readonly trouble: Trouble;
  readonly times: number;
  readonly untilMs: number;
}

const FIRST_RETRY_MS = 500;
/** How often a child is tried again that something stands in the way of which nobody tells us when it goes. */
const LAST_RETRY_MS = 60_000;

/**
 * Remembers which children were refused, so that the many passes that other events bring do not ask the API server the same
 * again: a changed child is tried at once, the same one soon at first (a node port is given back a moment after its Service
 * is seen to be gone), then ever more seldom, once a minute at last.
 */
export class Refusals {
  readonly #clock: Clock;
  readonly #refusals = new Map<string, Map<string, Refusal>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Why this child cannot be written for now; undefined where it may be tried. */
  current(key: string, { kind, metadata }: DesiredChild): Trouble | undefined {
    const refusal = this.#refusals.get(key)?.get(kind);
    if (!refusal || refusal.hash !== metadata.annotations?.[APPLIED_HASH]) return undefined;
    return this.#clock.nowMs() < refusal.untilMs ? refusal.trouble : undefined;
  }

  note(key: string, { kind, metadata }: DesiredChild, trouble: Trouble): void {
    const refusals = this.#refusals.get(key) ?? new Map<string, Refusal>();
    const hash = metadata.annotations?.[APPLIED_HASH];
    const before = refusals.get(kind);
    const times = before !== undefined && before.hash === hash ? before.times + 1 : 1;
    const delayMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (times - 1));
    refusals.set(kind, { hash, trouble, times, untilMs: this.#clock.nowMs() + delayMs });
    this.#refusals.set(key, refusals);
  }

  /** Forgets that a child was refused: it has been written since. */
  clear(key: string, { kind }: DesiredChild): void {
    this.#refusals.get(key)?.delete(kind);
  }

  /** In how many milliseconds the next child of this key may be tried again; a minute where none was refused. */
  retryAfterMs(key: string): number {
    const refusals = [...(this.#refusals.get(key)?.values() ?? [])];
    const nextMs = Math.min(...refusals.map(({ untilMs }) => untilMs - this.#clock.nowMs()), LAST_RETRY_MS);
    return Math.max(0, nextMs);
  }

  /** Forgets a key whose resource is gone. */
  forget(key: string): void {
    this.#refusals.delete(key);
  }
}
