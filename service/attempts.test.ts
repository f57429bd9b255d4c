import { describe, expect, test } from 'vitest';
import { expiredBurns, newAttempt, newContentId, provesUncommitted, timeOfId, versionOfAttempt } from './attempts.ts';
import { liveDocument, rowOf } from './test/builders.ts';

const sentAtMs = 1_700_000_000_000;

function attemptsSentAt(...times: readonly number[]): readonly string[] {
  return times.map((atMs, index) => newAttempt(newContentId(atMs), index + 1, atMs).id);
}

describe('content ids', () => {
  test('sort by the time of minting and never repeat', () => {
    const ids = Array.from({ length: 1000 }, (_, index) => newContentId(sentAtMs + index));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(Array.from({ length: 1000 }, () => newContentId(sentAtMs))).size).toBe(1000);
  });

  test('tell when they were minted, and attempts when they were sent', () => {
    const contentId = newContentId(sentAtMs);
    expect(timeOfId(contentId)).toBe(sentAtMs);
    expect(timeOfId(newAttempt(contentId, 3, sentAtMs + 9).id)).toBe(sentAtMs + 9);
  });

  test('no attempt is mistaken for another of the same content', () => {
    const [first, eleventh] = [newAttempt('c', 1, 1), newAttempt('c', 11, 1)];
    expect(first.id).not.toBe(eleventh.id);
  });
});

describe('the version an attempt made', () => {
  const row = rowOf(liveDocument('x', { version: 100 }), { recent: ['newest', 'before', 'oldest'] });
  test.each([
    { attempt: 'newest', version: 100 },
    { attempt: 'before', version: 99 },
    { attempt: 'oldest', version: 98 },
    { attempt: 'another', version: undefined },
  ])('$attempt: $version', ({ attempt, version }) => {
    expect(versionOfAttempt(row, attempt)).toBe(version);
  });
});

describe('a row without the attempt proves that it was never committed', () => {
  const justAfter = Array.from({ length: 8 }, (_, index) => sentAtMs + 10 - index);
  test.each([
    {
      reason: 'yes: there is room left, so nothing fell out',
      times: justAfter.slice(0, 7),
      known: undefined,
      proven: true,
    },
    { reason: 'no: eight others may have pushed it out', times: justAfter, known: undefined, proven: false },
    { reason: 'yes: at most eight commits since a version seen before', times: justAfter, known: 92, proven: true },
    { reason: 'no: nine commits since then', times: justAfter, known: 91, proven: false },
    {
      reason: 'yes: the oldest took effect before the attempt was sent',
      times: [...justAfter.slice(0, 7), sentAtMs - 60_001],
      known: undefined,
      proven: true,
    },
    {
      reason: 'no: the oldest was sent before, but may have taken effect after',
      times: [...justAfter.slice(0, 7), sentAtMs - 60_000],
      known: undefined,
      proven: false,
    },
  ])('$reason', ({ times, known, proven }) => {
    const row = rowOf(liveDocument('x', { version: 100 }), { recent: attemptsSentAt(...times) });
    expect(provesUncommitted(row, newAttempt('c', 1, sentAtMs), known)).toBe(proven);
  });
});

test('a burned id is forgotten fifteen minutes after it was sent', () => {
  const burned = attemptsSentAt(sentAtMs, sentAtMs - 15 * 60_000, sentAtMs - 15 * 60_000 - 1);
  expect(expiredBurns(burned, sentAtMs)).toEqual(burned.slice(2));
});
