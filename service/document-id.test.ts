import { array, assert, integer, oneof, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DocumentError } from './errors.ts';
import { documentPath, hashOfId, maxIdBytes, parseDocumentId } from './document-id.ts';

describe('an id is taken', () => {
  test.each([
    { raw: 'a', id: 'a', reason: 'the shortest' },
    { raw: 'a%2Fb', id: 'a/b', reason: 'an encoded slash belongs to the id' },
    { raw: 'a%2fb', id: 'a/b', reason: 'hex digits of any case' },
    { raw: 'a%252Fb', id: 'a%2Fb', reason: 'decoded once, and only once' },
    { raw: '%E2%82%AC', id: '€', reason: 'UTF-8' },
    { raw: '%F0%9F%98%80', id: '😀', reason: 'UTF-8 of four bytes' },
    { raw: '...', id: '...', reason: 'three dots are no path step' },
    { raw: 'a.', id: 'a.', reason: 'a dot at the end' },
    { raw: '%20', id: ' ', reason: 'a space' },
    { raw: 'a%3Fb%23c', id: 'a?b#c', reason: 'what would end a path' },
    { raw: "!$&'()*+,;=:@", id: "!$&'()*+,;=:@", reason: 'what may stand in a path as it is' },
    { raw: '%C3%A9', id: 'é', reason: 'composed' },
    { raw: 'e%CC%81', id: 'e\u0301', reason: 'decomposed stays decomposed: another id' },
    { raw: '%61'.repeat(maxIdBytes), id: 'a'.repeat(maxIdBytes), reason: '512 bytes, fully encoded' },
    { raw: '%E2%82%AC'.repeat(170) + 'ab', id: '€'.repeat(170) + 'ab', reason: '512 bytes of 172 characters' },
  ])('$reason', ({ raw, id }) => {
    expect(parseDocumentId(raw)).toBe(id);
  });
});

describe('an id is refused, with the rule that it breaks', () => {
  test.each([
    { raw: '', rule: /at least one byte/ },
    { raw: 'a/b', rule: /%2F/ },
    { raw: 'a/', rule: /%2F/ },
    { raw: '.', rule: /resolve them away/ },
    { raw: '..', rule: /resolve them away/ },
    { raw: '%2e', rule: /resolve them away/ },
    { raw: '%2E.', rule: /resolve them away/ },
    { raw: '%00', rule: /control characters/ },
    { raw: 'a%0A', rule: /control characters/ },
    { raw: '%7F', rule: /control characters/ },
    { raw: '%C2%85', rule: /control characters/ },
    { raw: '%', rule: /not percent-encoded UTF-8/ },
    { raw: '%zz', rule: /not percent-encoded UTF-8/ },
    { raw: '%FF', rule: /not percent-encoded UTF-8/ },
    { raw: '%ED%A0%80', rule: /not percent-encoded UTF-8/ },
    { raw: '%C0%AF', rule: /not percent-encoded UTF-8/ },
    { raw: 'é', rule: /have to be percent-encoded/ },
    { raw: 'a'.repeat(maxIdBytes + 1), rule: /at most 512 bytes of UTF-8; this one has 513/ },
    { raw: '%E2%82%AC'.repeat(171), rule: /this one has 513/ },
  ])('$raw', ({ raw, rule }) => {
    expect(() => parseDocumentId(raw)).toThrow(
      expect.objectContaining({ code: 'invalid-id', message: expect.stringMatching(rule) }),
    );
  });
});

test('the path of every id leads back to the id', () => {
  const characters = integer({ min: 0x20, max: 0x10_ffff })
    .map((codePoint) => String.fromCodePoint(codePoint))
    .filter((character) => !/[\p{Cc}\p{Cs}]/u.test(character));
  const ids = array(characters, { minLength: 1, maxLength: 60 })
    .map((all) => all.join(''))
    .filter((id) => !/^\.{1,2}$/.test(id));
  assert(
    property(ids, (id) => {
      const path = documentPath(parseDocumentId(encodeURIComponent(id)));
      expect(parseDocumentId(path.slice('/documents/'.length))).toBe(id);
    }),
  );
});

test('whatever comes as a path is either an id or refused as one', () => {
  const units = array(integer({ min: 0, max: 0x17f })).map((codes) => String.fromCharCode(...codes));
  const paths = oneof(
    units,
    units.map(encodeURIComponent),
    units.map((text) => encodeURIComponent(text).slice(1)),
  );
  assert(
    property(paths, (raw) => {
      const bytes = Buffer.byteLength(idOrNothing(raw) ?? 'x');
      expect(bytes).toBeGreaterThan(0);
      expect(bytes).toBeLessThanOrEqual(maxIdBytes);
    }),
  );
});

function idOrNothing(raw: string): string | undefined {
  try {
    return parseDocumentId(raw);
  } catch (error) {
    if (error instanceof DocumentError && error.code === 'invalid-id') return undefined;
    throw error;
  }
}

test('the hash of an id is that of its UTF-8 bytes', () => {
  const hash = hashOfId(parseDocumentId('abc'));
  expect(hash).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
