import { describe, expect, it } from 'vitest';
import { subnetIndexOf } from './subnet.ts';

describe('the subnet of a system', () => {
  it('differs between the systems of start, tests and benchmarks', () => {
    expect(new Set(['local', 'e2e', 'bench'].map(subnetIndexOf)).size).toBe(3);
  });

  it.each(['a', 'two', 'zzzzzz', 'cli'])('of another name, such as %s, is in the range that is left', (name) => {
    expect(subnetIndexOf(name)).toBeGreaterThanOrEqual(100);
    expect(subnetIndexOf(name)).toBeLessThan(200);
    expect(subnetIndexOf(name)).toBe(subnetIndexOf(name));
  });
});
