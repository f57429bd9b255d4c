/** One finished phase of a longer run. */
export interface Phase {
  readonly title: string;
  readonly seconds: number;
}

/** Runs the phases of a long command, some of them side by side, and says what each is for while it runs and what it took. */
export interface Phases {
  /** Runs one phase. `title` says what happens and why, in a few words. The error of a failed phase passes through. */
  run<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** What has finished so far, in that order. */
  readonly finished: readonly Phase[];
  /** Seconds from the first beginning to the newest end: less than the sum of the phases where some ran side by side. */
  wallSeconds(): number;
}

/**
 * Phases that print to `print`, one line at the start and one at the end of each, timed by the monotonic `nowMs`. The line
 * at the end names its phase where another one ran beside it. Once `stop` is aborted no further phase begins: `run`
 * rejects with its reason.
 */
export function createPhases(print: (line: string) => void, nowMs: () => number, stop?: AbortSignal): Phases {
  const finished: Phase[] = [];
  const running = new Set<{ overlapped: boolean }>();
  let firstStartedMs: number | undefined;
  let lastEndedMs = 0;
  return {
    finished,
    wallSeconds: () => (firstStartedMs === undefined ? 0 : (lastEndedMs - firstStartedMs) / 1000),
    async run(title, work) {
      stop?.throwIfAborted();
      print(`==> ${title}`);
      const startedMs = nowMs();
      firstStartedMs ??= startedMs;
      const phase = { overlapped: running.size > 0 };
      for (const other of running) other.overlapped = true;
      running.add(phase);
      const result = await work().finally(() => running.delete(phase));
      lastEndedMs = nowMs();
      const seconds = (lastEndedMs - startedMs) / 1000;
      finished.push({ title, seconds });
      print(`    ${seconds.toFixed(1)} s${phase.overlapped ? `: ${title}` : ''}`);
      return result;
    },
  };
}
