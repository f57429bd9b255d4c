import { expect, test } from 'vitest';
import { waitFor } from './waiting.ts';

const patience = { deadlineMs: 10_000, everyMs: 0 };
const what = () => 'the thing is there';

test('it looks until there is something, and resolves to that', async () => {
  const seen = [undefined, false, undefined, 'thing', 'later'];
  expect(await waitFor(() => Promise.resolve(seen.shift()), patience, what)).toBe('thing');
  expect(seen).toEqual(['later']);
});

test('after the deadline it rejects with what was waited for, as it is described then', async () => {
  let looks = 0;
  const look = () => {
    looks += 1;
    return Promise.resolve(undefined);
  };
  const waiting = waitFor(look, { deadlineMs: -1, everyMs: 0 }, () => `${looks} looks`);
  await expect(waiting).rejects.toThrow('1 looks: not within');
});

test('an error while looking passes through at once', async () => {
  await expect(waitFor(() => Promise.reject(new Error('broken')), patience, what)).rejects.toThrow('broken');
});
