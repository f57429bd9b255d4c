import { describe, expect, test } from 'vitest';
import { readPreconditions } from './conditional.ts';

const one = { version: 41, digest: '0123456789abcdef' };
const two = { version: 42, digest: 'fedcba9876543210' };
const [tagOne, tagTwo] = ['"41-0123456789abcdef"', '"42-fedcba9876543210"'];

describe('If-Match and If-None-Match are read', () => {
  test.each([
    { value: '*', list: '*', reason: 'any' },
    { value: ' * ', list: '*', reason: 'any, with spaces' },
    { value: tagOne, list: [one], reason: 'one tag' },
    { value: `${tagOne}, ${tagTwo}`, list: [one, two], reason: 'two tags' },
    { value: `${tagOne},${tagTwo}`, list: [one, two], reason: 'without space' },
    { value: ` ,, ${tagOne} \t, ,${tagTwo},`, list: [one, two], reason: 'empty elements are skipped' },
    { value: '"a,b", "c"', list: [], reason: 'tags of others, commas inside' },
    { value: '""', list: [], reason: 'the empty tag' },
    { value: '"*"', list: [], reason: 'a tag that is a star' },
    { value: `"\u00e9", ${tagOne}`, list: [one], reason: 'obs-text' },
  ])('$reason: $value', ({ value, list }) => {
    expect(readPreconditions({ 'if-match': value })).toEqual({ ifMatch: list });
    expect(readPreconditions({ 'if-none-match': value })).toEqual({ ifNoneMatch: list });
  });

  test('weak tags match nothing in If-Match, and the same as strong ones in If-None-Match', () => {
    const value = `W/${tagOne}, ${tagTwo}`;
    expect(readPreconditions({ 'if-match': value })).toEqual({ ifMatch: [two] });
    expect(readPreconditions({ 'if-none-match': value })).toEqual({ ifNoneMatch: [one, two] });
  });

  test('no field is no condition', () => {
    expect(readPreconditions({})).toEqual({});
  });
});

describe('what is not understood is refused and not ignored', () => {
  test.each([
    { value: '', reason: 'empty' },
    { value: ' , ', reason: 'a list of nothing' },
    { value: '41-0123456789abcdef', reason: 'without quotes' },
    { value: '"41', reason: 'not closed' },
    { value: 'w/"41"', reason: 'weak is a capital W' },
    { value: `*, ${tagOne}`, reason: 'a star in a list' },
    { value: `${tagOne} ${tagTwo}`, reason: 'no comma' },
    { value: '"a b"', reason: 'a space is no etagc' },
    { value: Array.from({ length: 17 }, () => tagOne).join(','), reason: 'more than sixteen' },
  ])('$reason', ({ value }) => {
    const refusal = expect.objectContaining({ code: 'invalid-precondition' });
    expect(() => readPreconditions({ 'if-match': value })).toThrow(refusal);
    expect(() => readPreconditions({ 'if-none-match': value })).toThrow(refusal);
  });
});
