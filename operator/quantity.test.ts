import { expect, test } from 'vitest';
import { sameQuantity } from './quantity.ts';

test.each([
  { a: '1000m', b: '1', same: true },
  { a: 1, b: '1', same: true },
  { a: '1.5Gi', b: '1536Mi', same: true },
  { a: '0.5', b: '500m', same: true },
  { a: '.5', b: '500m', same: true },
  { a: '1e3', b: '1k', same: true },
  { a: '1E3', b: '1k', same: true },
  { a: '5e-1', b: '500m', same: true },
  { a: '1024Ki', b: '1Mi', same: true },
  { a: '1000n', b: '1u', same: true },
  { a: '-1', b: '-1000m', same: true },
  { a: '+1', b: '1', same: true },
  { a: '16Ei', b: '18446744073709551616', same: true },
  { a: '1M', b: '1Mi', same: false },
  { a: '1', b: '2', same: false },
  { a: '16Ei', b: '18446744073709551617', same: false },
  { a: 'much', b: 'much', same: false },
  { a: '', b: '', same: false },
  { a: undefined, b: undefined, same: false },
])('$a and $b are the same amount: $same', ({ a, b, same }) => {
  expect(sameQuantity(a, b)).toBe(same);
});
