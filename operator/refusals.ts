import type { DesiredChild } from './desired/child.ts';
import { APPLIED_HASH } from './plan.ts';
import type { Clock } from './runtime/clock.ts';
import type { Trouble } from './trouble.ts';

interface Refusal {
  readonly hash: string | undefined;
  readonly trouble: Trouble;
  readonly untilMs: number;
}

/** How often a child is tried again that something stands in the way of which nobody tells us when it goes. */
export const RETRY_REFUSED_MS = 60_000;

/**
 * Remembers which children were refused, so that the many passes that other events bring do not ask the API server the same
 * again: the same child is tried once a minute, a changed one at once.
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
    const untilMs = this.#clock.nowMs() + RETRY_REFUSED_MS;
    refusals.set(kind, { hash: metadata.annotations?.[APPLIED_HASH], trouble, untilMs });
    this.#refusals.set(key, refusals);
  }

  /** Forgets a key whose resource is gone. */
  forget(key: string): void {
    this.#refusals.delete(key);
  }
}
