import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffDelayMs, queueBackoff, reflectorBackoff } from './backoff.ts';

test.each([
  { policy: queueBackoff, failures: 0, delayMs: 5 },
  { policy: queueBackoff, failures: 1, delayMs: 10 },
  { policy: queueBackoff, failures: 10, delayMs: 5120 },
  { policy: queueBackoff, failures: 18, delayMs: 1_000_000 },
  { policy: queueBackoff, failures: 5000, delayMs: 1_000_000 },
  { policy: reflectorBackoff, failures: 0, delayMs: 800 },
  { policy: reflectorBackoff, failures: 6, delayMs: 30_000 },
])('after $failures failures the delay is $delayMs ms', ({ policy, failures, delayMs }) => {
  expect(backoffDelayMs(policy, failures, 0)).toBe(delayMs);
});

test('jitter shortens a delay by half at most, and never lengthens it', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const longestMs = backoffDelayMs(reflectorBackoff, failures, 0);
      const delayMs = backoffDelayMs(reflectorBackoff, failures, random);
      expect(delayMs).toBeLessThanOrEqual(longestMs);
      expect(delayMs).toBeGreaterThanOrEqual(longestMs / 2);
    }),
  );
});
