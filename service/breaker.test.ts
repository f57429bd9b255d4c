import { expect, test } from 'vitest';
import { createBreaker, type Breaker, type BreakerState } from './breaker.ts';

function world(): {
  breaker: Breaker;
  pass: (ms: number) => void;
  changes: BreakerState[];
  fail: (times: number) => void;
} {
  let nowMs = 0;
  const changes: BreakerState[] = [];
  const breaker = createBreaker({
    failuresToOpen: 5,
    retryAfterMs: 1000,
    nowMs: () => nowMs,
    onChange: (state) => changes.push(state),
  });
  return {
    breaker,
    changes,
    pass: (ms) => (nowMs += ms),
    fail: (times) => {
      for (let count = 0; count < times; count += 1) breaker.failed();
    },
  };
}

test('four failures in a row leave it closed, the fifth opens it', () => {
  const { breaker, fail, changes } = world();
  fail(4);
  expect(breaker.admits()).toBe(true);
  fail(1);
  expect(breaker.admits()).toBe(false);
  expect(changes).toEqual(['open']);
});

test('a success in between starts the count again', () => {
  const { breaker, fail } = world();
  fail(4);
  breaker.succeeded();
  fail(4);
  expect(breaker.admits()).toBe(true);
});

test('while it is open it admits one trial a second', () => {
  const { breaker, fail, pass } = world();
  fail(5);
  pass(999);
  expect(breaker.admits()).toBe(false);
  pass(1);
  expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
  pass(1000);
  expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
});

test('a trial that succeeds closes it, one that fails makes it wait again', () => {
  const { breaker, fail, pass, changes } = world();
  fail(5);
  pass(1000);
  breaker.admits();
  fail(1);
  pass(999);
  expect(breaker.admits()).toBe(false);
  pass(1);
  breaker.admits();
  breaker.succeeded();
  expect([breaker.admits(), breaker.admits()]).toEqual([true, true]);
  expect(changes).toEqual(['open', 'closed']);
});
