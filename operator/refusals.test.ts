import { beforeEach, describe, expect, test } from 'vitest';
import { desiredService } from './desired/service.ts';
import { withHash } from './plan.ts';
import { Refusals } from './refusals.ts';
import { documentService } from './test/builders.ts';
import { FakeClock } from './test/fake-clock.ts';

const trouble = { reason: 'NodePortTaken', message: 'taken' } as const;
const child = withHash(desiredService(documentService()));

describe('a child that was refused', () => {
  let clock: FakeClock;
  let refusals: Refusals;
  beforeEach(() => {
    clock = new FakeClock();
    refusals = new Refusals(clock);
  });

  test('is tried again soon at first and ever more seldom, once a minute at last', () => {
    const delays: number[] = [];
    for (let time = 0; time < 10; time += 1) {
      refusals.note('a/b', child, trouble);
      delays.push(refusals.retryAfterMs('a/b'));
      expect(refusals.current('a/b', child)).toBe(trouble);
      clock.advance(refusals.retryAfterMs('a/b'));
      expect(refusals.current('a/b', child)).toBeUndefined();
    }
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  test('is tried at once when it was changed, and soon again when that is refused too', () => {
    refusals.note('a/b', child, trouble);
    refusals.note('a/b', child, trouble);
    const changed = withHash({ ...child, spec: {} });
    expect(refusals.current('a/b', changed)).toBeUndefined();
    refusals.note('a/b', changed, trouble);
    expect(refusals.retryAfterMs('a/b')).toBe(500);
  });

  test('counts no more once it was written', () => {
    refusals.note('a/b', child, trouble);
    refusals.clear('a/b', child);
    expect(refusals.current('a/b', child)).toBeUndefined();
    expect(refusals.retryAfterMs('a/b')).toBe(60_000);
  });

  test('is forgotten with its resource, and is nothing to another one', () => {
    refusals.note('a/b', child, trouble);
    expect(refusals.current('a/c', child)).toBeUndefined();
    refusals.forget('a/b');
    expect(refusals.current('a/b', child)).toBeUndefined();
  });
});
