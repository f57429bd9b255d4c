/** One request of a loop that did not end as it should. */
export interface LoopFailure {
  readonly afterMs: number;
  readonly what: string;
}

/** What a loop of requests saw. */
export interface LoopReport {
  readonly sent: number;
  readonly failures: readonly LoopFailure[];
}

/** A running loop. */
export interface RequestLoop {
  /** Stops sending, waits for what is under way, and tells what was seen. */
  stop(): Promise<LoopReport>;
  /** How many requests were sent so far. */
  readonly sent: () => number;
}

export interface LoopOptions {
  readonly perSecond: number;
  /** No more than this many requests are sent, however long the loop runs. */
  readonly maxRequests: number;
  /** Sends request number `index`; throws, with the reason in the message, when it did not end as it should. */
  readonly send: (index: number) => Promise<void>;
}

/**
 * Sends requests at a steady rate, each at its due time whether or not earlier ones have been answered (an open loop,
 * so that a slow answer delays no later request and hides nothing).
 */
export function startRequestLoop({ perSecond, maxRequests, send }: LoopOptions): RequestLoop {
  const startedMs = performance.now();
  const failures: LoopFailure[] = [];
  const underWay = new Set<Promise<void>>();
  let sent = 0;
  const sendNext = (): void => {
    const index = sent++;
    const one = send(index)
      .catch((error: unknown) => {
        const what =
          error instanceof Error
            ? `${error.message}${error.cause instanceof Error ? ` (${error.cause.message})` : ''}`
            : String(error);
        failures.push({ afterMs: Math.round(performance.now() - startedMs), what: `request ${index}: ${what}` });
      })
      .finally(() => underWay.delete(one));
    underWay.add(one);
  };
  const timer = setInterval(() => {
    const due = Math.min(maxRequests, Math.floor(((performance.now() - startedMs) / 1000) * perSecond));
    for (let missing = due - sent; missing > 0; missing -= 1) sendNext();
  }, 1000 / perSecond);
  return {
    sent: () => sent,
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      return { sent, failures };
    },
  };
}
