/** Ends a pending timer; harmless afterwards. */
export type Cancel = () => void;

/** Time as the runtime sees it, so that tests can hold it still. */
export interface Clock {
  /** Milliseconds of a clock that never goes back; only differences mean something. */
  nowMs(): number;
  /** The time of day, for what people and the API read. */
  wallTime(): Date;
  /** Runs a callback once after `delayMs`, unless cancelled first. */
  after(delayMs: number, run: () => void): Cancel;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallTime: () => new Date(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or at once when the signal aborts. Never rejects. */
export function delay(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(delayMs, finish);
    signal.addEventListener('abort', finish, { once: true });
  });
}

/**
 * Writes a time as Kubernetes' MicroTime: six digits after the second. The API server refuses the three digits of
 * `Date.toISOString` in Leases and Events (kubernetes-client/javascript#828).
 */
export function microTime(time: Date): string {
  return time.toISOString().replace(/Z$/, '000Z');
}

/** Writes a time as Kubernetes' Time: whole seconds (metav1.Time of k8s.io/apimachinery). */
export function secondTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
