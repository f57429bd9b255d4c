import { describe, expect, it } from 'vitest';
import { formatVerdict, passes } from './verdict.ts';

describe('the verdict of a benchmark', () => {
  it.each([
    { ratio: 0.9, target: 1, ok: true, reason: 'below the target' },
    { ratio: 1, target: 1, ok: true, reason: 'exactly the target' },
    { ratio: 1.001, target: 1, ok: false, reason: 'above the target' },
    { ratio: Number.NaN, target: 1, ok: false, reason: 'nothing was measured' },
  ])('$reason passes: $ok', ({ ratio, target, ok }) => {
    expect(passes({ name: 'x', ratio, target })).toBe(ok);
  });

  it('is one line that ends in pass or fail', () => {
    expect(formatVerdict({ name: 'writes', ratio: 0.5, target: 1 })).toBe('writes: ratio=0.500 target=1.000 pass');
    expect(formatVerdict({ name: 'writes', ratio: 2, target: 1 })).toBe('writes: ratio=2.000 target=1.000 fail');
  });
});
