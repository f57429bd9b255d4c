import type { Cancel, Clock } from '../runtime/clock.ts';

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
}

/** A clock that stands still until it is told how much time has passed. */
export class FakeClock implements Clock {
  #nowMs = 0;
  readonly #startMs: number;
  readonly #timers = new Set<Timer>();

  constructor(start = '2026-01-01T00:00:00.000Z') {
    this.#startMs = Date.parse(start);
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallTime(): Date {
    return new Date(this.#startMs + this.#nowMs);
  }

  after(delayMs: number, run: () => void): Cancel {
    const timer: Timer = { dueMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Delays of the timers that are set, from now on, the shortest first. */
  get pendingMs(): readonly number[] {
    return [...this.#timers].map(({ dueMs }) => dueMs - this.#nowMs).toSorted((a, b) => a - b);
  }

  /** Lets time pass: the timers that fall due run in their order, those too that are set meanwhile. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ dueMs }) => dueMs <= untilMs).toSorted((a, b) => a.dueMs - b.dueMs);
      if (!next) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.run();
    }
    this.#nowMs = untilMs;
  }
}
