/** One finished phase of a longer run. */
export interface Phase {
  readonly title: string;
  readonly seconds: number;
}

/** Runs the phases of a long command one after the other, and says what each is for while it runs and what it took. */
export interface Phases {
  /** Runs one phase. `title` says what happens and why, in a few words. The error of a failed phase passes through. */
  run<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** What has finished so far, in order. */
  readonly finished: readonly Phase[];
}

/**
 * Phases that print to `print`, one line at the start and one at the end of each, timed by the monotonic `nowMs`. Once
 * `stop` is aborted no further phase begins: `run` rejects with its reason.
 */
export function createPhases(print: (line: string) => void, nowMs: () => number, stop?: AbortSignal): Phases {
  const finished: Phase[] = [];
  return {
    finished,
    async run(title, work) {
      stop?.throwIfAborted();
      print(`==> ${title}`);
      const startedMs = nowMs();
      const result = await work();
      const seconds = (nowMs() - startedMs) / 1000;
      finished.push({ title, seconds });
      print(`    ${seconds.toFixed(1)} s`);
      return result;
    },
  };
}
