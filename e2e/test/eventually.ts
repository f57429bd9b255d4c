import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again and again until `check` resolves without throwing, and returns what it resolved to. After `deadlineMs` the
 * last error passes through, with how long was waited. `every` is the pause between two questions in milliseconds.
 */
export async function eventually<T>(check: () => Promise<T>, deadlineMs: number, everyMs = 250): Promise<T> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > until) {
        throw new Error(
          `not so within ${deadlineMs / 1000} s: ${error instanceof Error ? error.message : String(error)}`,
          {
            cause: error,
          },
        );
      }
    }
    await delay(everyMs);
  }
}
