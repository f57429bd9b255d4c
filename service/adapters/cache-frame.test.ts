import { array, assert, constantFrom, integer, oneof, property, record, uint8Array, type Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';
import type { Document, Placement } from '../document.ts';
import { decodeEntry, encodeEntry, versionDigits } from './cache-frame.ts';

const ms = integer({ min: 0, max: 9_000_000_000_000 });
const text = array(integer({ min: 0x20, max: 0x2fff }), { maxLength: 40 }).map((codes) =>
  String.fromCharCode(...codes),
);
const placement: Arbitrary<Placement> = oneof(
  constantFrom<Placement>({ where: 'inline' }, { where: 'none' }),
  text.map((key): Placement => ({ where: 's3', key })),
  integer({ min: 0, max: 4_294_967_295 }).map((chunks): Placement => ({ where: 'chunks', chunks })),
);
const content = record({ id: text, atMs: ms, placement });
const sha256 = uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const body = uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes));
const head = { version: integer({ min: 1, max: 999_999_999_999_999 }), content, modifiedMs: ms };
const live = record({
  ...head,
  sha256,
  contentType: text,
  createdMs: ms,
  length: integer({ min: 0, max: 52_428_800_000 }),
  body,
});
const documents = oneof(
  live.map(({ body: bytes, ...rest }): Document => ({ state: 'live', ...rest, length: bytes.length, body: bytes })),
  live.map(({ body: _none, ...rest }): Document => ({ state: 'live', ...rest })),
  record({ ...head }).map((rest): Document => ({ state: 'deleted', ...rest })),
);
const entries = record({ generation: ms, document: documents });

test('every entry is read as it was written', () => {
  assert(
    property(entries, (entry) => {
      expect(decodeEntry(encodeEntry(entry))).toEqual(entry);
    }),
  );
});

test('the version stands in front, in decimal, for the script that guards it', () => {
  assert(
    property(entries, (entry) => {
      expect(encodeEntry(entry).toString('latin1', 0, versionDigits)).toBe(
        String(entry.document.version).padStart(16, '0'),
      );
    }),
  );
});

test('a frame that was cut, or has more behind it, is none', () => {
  assert(
    property(entries, integer({ min: 1, max: 200 }), (entry, cut) => {
      const frame = encodeEntry(entry);
      expect(decodeEntry(Buffer.concat([frame, Buffer.alloc(cut)]))).toBeUndefined();
      expect(decodeEntry(frame.subarray(0, Math.max(0, frame.length - cut)))).toBeUndefined();
    }),
  );
});

test('a frame of another format is none', () => {
  assert(
    property(entries, integer({ min: 2, max: 255 }), (entry, format) => {
      const frame = encodeEntry(entry);
      frame[versionDigits] = format;
      expect(decodeEntry(frame)).toBeUndefined();
    }),
  );
});

test('whatever bytes there are, nothing is thrown', () => {
  assert(
    property(uint8Array({ maxLength: 300 }), (bytes) => {
      const frame = Buffer.from(bytes);
      frame.fill('1', 0, Math.min(frame.length, versionDigits));
      if (frame.length > versionDigits) frame[versionDigits] = 1;
      expect(() => decodeEntry(frame)).not.toThrow();
    }),
  );
});
