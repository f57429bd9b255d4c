import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** What a monitor last heard. */
export type Reachability = 'ok' | 'down';

export interface MonitorOptions {
  /** Resolves when the dependency answers; bounded in time by itself. */
  readonly probe: () => Promise<void>;
  /** From the start of one probe to the start of the next, in milliseconds. */
  readonly intervalMs: number;
  /** Called on every change, with the first answer, and with the first two failures where there was none. */
  readonly onChange: (state: Reachability, cause: unknown) => void;
}

/** Watches a dependency in the background, so that asking for its state costs nothing and never waits. */
export interface Monitor {
  state(): Reachability;
  /** Whether it has ever answered. */
  hasAnswered(): boolean;
  /** Resolves with the first answer, or after the given time without one. */
  answers(withinMs: number): Promise<void>;
  stop(): void;
}

/** Failures in a row that count as down: one late answer on a busy machine is no outage. */
const failuresToDown = 2;

/** Starts to watch at once. Down until the first answer. */
export function startMonitor({ probe, intervalMs, onChange }: MonitorOptions): Monitor {
  let state: Reachability = 'down';
  const answered = new AbortController();
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function heard(next: Reachability, cause: unknown): void {
    const news = next !== state || (!answered.signal.aborted && failures === failuresToDown);
    state = next;
    if (next === 'ok') answered.abort();
    if (news) onChange(next, cause);
  }

  async function round(): Promise<void> {
    const nextAt = performance.now() + intervalMs;
    try {
      await probe();
      failures = 0;
      heard('ok', undefined);
    } catch (error) {
      failures += 1;
      if (failures >= failuresToDown) heard('down', error);
    }
    if (stopped) return;
    timer = setTimeout(() => void round(), Math.max(0, nextAt - performance.now()));
    timer.unref();
  }

  void round();
  return {
    state: () => state,
    hasAnswered: () => answered.signal.aborted,
    async answers(withinMs) {
      if (answered.signal.aborted) return;
      await Promise.race([once(answered.signal, 'abort'), pause(withinMs)]);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
