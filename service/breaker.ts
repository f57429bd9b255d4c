/** Whether calls go through: `open` means they do not. */
export type BreakerState = 'closed' | 'open';

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failuresToOpen: number;
  /** From opening, or from the last failed trial, to the next trial. */
  readonly retryAfterMs: number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly onChange: (state: BreakerState) => void;
}

/** Keeps callers from waiting for something that has failed several times in a row; lets one trial through at a time. */
export interface Breaker {
  /** Whether a call may be made now. Whoever is told yes has to report how it went. */
  admits(): boolean;
  succeeded(): void;
  failed(): void;
  state(): BreakerState;
}

/** Creates a breaker that is closed. */
export function createBreaker({ failuresToOpen, retryAfterMs, nowMs, onChange }: BreakerOptions): Breaker {
  let failures = 0;
  let state: BreakerState = 'closed';
  let trialFromMs = 0;

  function change(next: BreakerState): void {
    if (next === state) return;
    state = next;
    onChange(next);
  }

  return {
    admits() {
      if (state === 'closed') return true;
      if (nowMs() < trialFromMs) return false;
      trialFromMs = nowMs() + retryAfterMs;
      return true;
    },
    succeeded() {
      failures = 0;
      change('closed');
    },
    failed() {
      failures += 1;
      if (failures < failuresToOpen) return;
      trialFromMs = nowMs() + retryAfterMs;
      change('open');
    },
    state: () => state,
  };
}
