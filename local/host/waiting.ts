import { setTimeout as delay } from 'node:timers/promises';

/** How long to wait, and how often to look. */
export interface Patience {
  readonly deadlineMs: number;
  readonly everyMs: number;
}

/**
 * Looks again and again until `look` gives something other than undefined or false, and resolves to that.
 * Rejects with `describe()` once the deadline has passed; an error of `look` passes through at once.
 */
export async function waitFor<T>(
  look: () => Promise<T | undefined | false>,
  { deadlineMs, everyMs }: Patience,
  describe: () => string,
): Promise<T> {
  const startedMs = performance.now();
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() - startedMs > deadlineMs) {
      throw new Error(`${describe()}: not within ${deadlineMs / 1000} s`);
    }
    await delay(everyMs);
  }
}
