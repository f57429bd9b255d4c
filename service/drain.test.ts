import { expect, test } from 'vitest';
import { drain } from './drain.ts';

/** A server whose connections end at a given time after it was closed, and a record of what was done when. */
function world(options: { readonly drainMs: number; readonly busyForMs: number }) {
  let nowMs = 0;
  let closedAtMs = Number.POSITIVE_INFINITY;
  let closed: (() => void) | undefined;
  const events: string[] = [];
  const outcome = drain({
    server: {
      close(done) {
        events.push(`close at ${nowMs}`);
        closedAtMs = nowMs;
        closed = done;
        return this as never;
      },
      closeAllConnections: () => events.push(`cut off at ${nowMs}`),
    },
    endIdle: () => events.push('idle'),
    async pause(ms) {
      nowMs += ms;
      if (nowMs >= closedAtMs + options.busyForMs) closed?.();
    },
    drainMs: options.drainMs,
    requestTimeoutMs: 30_000,
  });
  return { outcome, events, now: () => nowMs };
}

test('nothing is closed before the drain is over', async () => {
  const { outcome, events } = world({ drainMs: 15_000, busyForMs: 0 });
  expect(await outcome).toBe('finished');
  expect(events[0]).toBe('close at 15000');
});

test('what is under way may finish, and idle connections are ended all the while', async () => {
  const { outcome, events, now } = world({ drainMs: 1000, busyForMs: 5000 });
  expect(await outcome).toBe('finished');
  expect(now()).toBe(6000);
  expect(events.filter((event) => event === 'idle').length).toBeGreaterThan(90);
});

test('what takes longer than a request may is cut off', async () => {
  const { outcome, events } = world({ drainMs: 1000, busyForMs: 60_000 });
  expect(await outcome).toBe('cut off');
  expect(events.at(-1)).toBe('cut off at 31000');
});
