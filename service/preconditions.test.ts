import { assert, base64String, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entityTag, type LiveDocument } from './document.ts';
import { isConditional, judge, parseEntityTag, type EntityTag, type Preconditions } from './preconditions.ts';
import { liveDocument } from './test/builders.ts';

const live = liveDocument('hello', { version: 41 });
const tag: EntityTag = { version: 41, digest: live.sha256.slice(0, 16) };
const other: EntityTag = { version: 40, digest: live.sha256.slice(0, 16) };

describe('RFC 9110 section 13.1', () => {
  const cases: readonly {
    preconditions: Preconditions;
    of: LiveDocument | undefined;
    verdict: string;
    clause: string;
  }[] = [
    { clause: 'no condition', preconditions: {}, of: live, verdict: 'holds' },
    { clause: 'no condition of nothing', preconditions: {}, of: undefined, verdict: 'holds' },
    {
      clause: '13.1.1: * is true if there is a representation',
      preconditions: { ifMatch: '*' },
      of: live,
      verdict: 'holds',
    },
    {
      clause: '13.1.1: * is false if there is none',
      preconditions: { ifMatch: '*' },
      of: undefined,
      verdict: 'if-match-fails',
    },
    { clause: '13.1.1: one of the tags', preconditions: { ifMatch: [other, tag] }, of: live, verdict: 'holds' },
    { clause: '13.1.1: none of the tags', preconditions: { ifMatch: [other] }, of: live, verdict: 'if-match-fails' },
    { clause: '13.1.1: no tag of ours', preconditions: { ifMatch: [] }, of: live, verdict: 'if-match-fails' },
    { clause: '13.1.1: a tag of nothing', preconditions: { ifMatch: [tag] }, of: undefined, verdict: 'if-match-fails' },
    {
      clause: '13.1.2: * is false if there is one',
      preconditions: { ifNoneMatch: '*' },
      of: live,
      verdict: 'if-none-match-fails',
    },
    {
      clause: '13.1.2: * is true if there is none',
      preconditions: { ifNoneMatch: '*' },
      of: undefined,
      verdict: 'holds',
    },
    {
      clause: '13.1.2: one of the tags',
      preconditions: { ifNoneMatch: [other, tag] },
      of: live,
      verdict: 'if-none-match-fails',
    },
    { clause: '13.1.2: none of the tags', preconditions: { ifNoneMatch: [other] }, of: live, verdict: 'holds' },
    { clause: '13.1.2: no tag of ours', preconditions: { ifNoneMatch: [] }, of: live, verdict: 'holds' },
    {
      clause: '13.2.2: If-Match comes first',
      preconditions: { ifMatch: [other], ifNoneMatch: [tag] },
      of: live,
      verdict: 'if-match-fails',
    },
    {
      clause: '13.2.2: then If-None-Match',
      preconditions: { ifMatch: [tag], ifNoneMatch: [tag] },
      of: live,
      verdict: 'if-none-match-fails',
    },
    {
      clause: 'a digest that differs',
      preconditions: { ifMatch: [{ version: 41, digest: '0'.repeat(16) }] },
      of: live,
      verdict: 'if-match-fails',
    },
  ];

  test.each(cases)('$clause: $verdict', ({ preconditions, of, verdict }) => {
    expect(judge(preconditions, of)).toBe(verdict);
  });
});

test('conditional is whatever has a condition, also one that nothing can meet', () => {
  expect(isConditional({})).toBe(false);
  expect(isConditional({ ifMatch: [] })).toBe(true);
  expect(isConditional({ ifNoneMatch: '*' })).toBe(true);
});

describe('entity tags', () => {
  test('carry the version and the first digits of the digest', () => {
    expect(entityTag(live)).toBe(`41-${live.sha256.slice(0, 16)}`);
  });

  test('every tag that was given out is understood', () => {
    assert(
      property(integer({ min: 1, max: 999_999_999_999_999 }), base64String(), (version, text) => {
        const document = liveDocument(text, { version });
        expect(parseEntityTag(entityTag(document))).toEqual({ version, digest: document.sha256.slice(0, 16) });
      }),
    );
  });

  test.each([
    '',
    '41',
    '41-',
    '-0123456789abcdef',
    '041-0123456789abcdef',
    '41-0123456789ABCDEF',
    '41-0123456789abcde',
    '41-0123456789abcdef0',
    '1e3-0123456789abcdef',
    '9999999999999999-0123456789abcdef',
    ' 41-0123456789abcdef',
  ])('nothing else is: %j', (text) => {
    expect(parseEntityTag(text)).toBeUndefined();
  });
});
