import type { Content, Document, Placement } from '../document.ts';
import type { CacheEntry } from '../stores.ts';

/**
 * Entries are binary, so that a hit costs no parsing: 16 decimal digits of the version, which the guarding script of
 * redis-cache.ts reads, then the fields below, big-endian.
 *
 * | bytes | field |
 * | --- | --- |
 * | 16 | version, decimal, padded with zeros |
 * | 1 | format, 1 |
 * | 1 | state: 0 deleted, 1 live |
 * | 1 | place of the content: 0 none, 1 inline, 2 s3, 3 chunks |
 * | 1 | whether the body follows |
 * | 6 x 5 | generation, time of the content, created, modified, length: 48 bits each |
 * | 4 | number of chunks |
 * | 32 | SHA-256 |
 * | 3 x (2 + n) | content id, content type, key in S3: length and UTF-8 |
 * | rest | body |
 */
export const versionDigits = 16;
const format = 1;
const headerBytes = versionDigits + 4 + 6 * 5 + 4 + 32;
const places = ['none', 'inline', 's3', 'chunks'] as const satisfies readonly Placement['where'][];

/** Writes an entry. */
export function encodeEntry({ generation, document }: CacheEntry): Buffer {
  const { content } = document;
  const live = document.state === 'live' ? document : undefined;
  const key = content.placement.where === 's3' ? content.placement.key : '';
  const strings = [content.id, live?.contentType ?? '', key].map((text) => Buffer.from(text));
  const head = Buffer.alloc(headerBytes + strings.reduce((sum, text) => sum + 2 + text.length, 0));
  let at = head.write(String(document.version).padStart(versionDigits, '0'), 'latin1');
  at = head.writeUInt8(format, at);
  at = head.writeUInt8(live === undefined ? 0 : 1, at);
  at = head.writeUInt8(places.indexOf(content.placement.where), at);
  at = head.writeUInt8(live?.body === undefined ? 0 : 1, at);
  const numbers = [generation, content.atMs, live?.createdMs ?? 0, document.modifiedMs, live?.length ?? 0];
  for (const number of numbers) at = head.writeUIntBE(number, at, 6);
  at = head.writeUInt32BE(content.placement.where === 'chunks' ? content.placement.chunks : 0, at);
  at += head.write(live?.sha256 ?? '', at, 'hex') || 32;
  for (const text of strings) {
    at = head.writeUInt16BE(text.length, at);
    at += text.copy(head, at);
  }
  return live?.body === undefined ? head : Buffer.concat([head, live.body]);
}

/** Reads an entry; undefined for anything that is not exactly one, such as those of another format. */
export function decodeEntry(frame: Buffer): CacheEntry | undefined {
  if (frame.length < headerBytes || frame[versionDigits] !== format) return undefined;
  const version = Number(frame.toString('latin1', 0, versionDigits));
  const [state, place, hasBody] = [frame[versionDigits + 1], frame[versionDigits + 2], frame[versionDigits + 3] === 1];
  const number = (index: number): number => frame.readUIntBE(versionDigits + 4 + 6 * index, 6);
  const afterNumbers = versionDigits + 4 + 6 * 5;
  const strings = readStrings(frame, headerBytes);
  if (strings === undefined || !Number.isSafeInteger(version)) return undefined;
  const [id, contentType, key] = strings.texts;
  const placement = placementOf(places[place ?? -1], key, frame.readUInt32BE(afterNumbers));
  const body = frame.subarray(strings.end);
  if (placement === undefined || (hasBody ? body.length !== number(4) : body.length > 0)) return undefined;
  const content: Content = { id, atMs: number(1), placement };
  const document: Document =
    state === 0
      ? { state: 'deleted', version, content, modifiedMs: number(3) }
      : {
          state: 'live',
          version,
          content,
          length: number(4),
          sha256: frame.toString('hex', afterNumbers + 4, headerBytes),
          contentType,
          createdMs: number(2),
          modifiedMs: number(3),
          ...(hasBody && { body }),
        };
  return { generation: number(0), document };
}

function placementOf(where: Placement['where'] | undefined, key: string, chunks: number): Placement | undefined {
  if (where === undefined) return undefined;
  if (where === 's3') return { where, key };
  return where === 'chunks' ? { where, chunks } : { where };
}

function readStrings(
  frame: Buffer,
  from: number,
): { readonly texts: readonly [string, string, string]; readonly end: number } | undefined {
  let at = from;
  const texts: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    if (at + 2 > frame.length) return undefined;
    const end = at + 2 + frame.readUInt16BE(at);
    if (end > frame.length) return undefined;
    texts.push(frame.toString('utf8', at + 2, end));
    at = end;
  }
  const [first = '', second = '', third = ''] = texts;
  return { texts: [first, second, third], end: at };
}
