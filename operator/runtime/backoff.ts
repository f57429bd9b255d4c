/** How delays grow with the number of failures. */
export interface BackoffPolicy {
  readonly baseMs: number;
  readonly maxMs: number;
  /** Part of the delay, 0 to 1, by which it may be shorter at random, so that many do not come back at once. */
  readonly jitter: number;
}

/** Of a key in the work queue: 5 ms doubling to 1000 s (client-go util/workqueue/default_rate_limiters.go). */
export const queueBackoff: BackoffPolicy = { baseMs: 5, maxMs: 1_000_000, jitter: 0 };

/** Of a reflector whose list or watch failed: 0.8 s doubling to 30 s, jittered (client-go tools/cache/reflector.go). */
export const reflectorBackoff: BackoffPolicy = { baseMs: 800, maxMs: 30_000, jitter: 0.5 };

/**
 * The delay before the next try.
 * @param failures how often it failed before this one, from 0
 * @param random a number from 0 to 1
 */
export function backoffDelayMs(policy: BackoffPolicy, failures: number, random: number): number {
  const delayMs = Math.min(policy.baseMs * 2 ** Math.min(failures, 64), policy.maxMs);
  return delayMs * (1 - policy.jitter * random);
}
