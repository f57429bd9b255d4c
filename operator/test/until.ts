import { setTimeout } from 'node:timers/promises';

/**
 * Waits until something real has happened: looks again and again until what it sees is neither undefined nor false.
 * @throws Error naming what was awaited, with the last thing seen, when the deadline passes
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  options: { readonly deadlineMs?: number; readonly everyMs?: number } = {},
): Promise<Exclude<T, undefined | false>> {
  const { deadlineMs = 15_000, everyMs = 5 } = options;
  const endMs = performance.now() + deadlineMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen as Exclude<T, undefined | false>;
    if (performance.now() > endMs) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await setTimeout(everyMs);
  }
}
