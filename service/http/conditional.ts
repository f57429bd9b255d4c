import type { IncomingHttpHeaders } from 'node:http';
import { DocumentError } from '../errors.ts';
import { parseEntityTag, type Preconditions, type TagCondition } from '../preconditions.ts';

/** Each tag is a clause of the commit's condition, and a condition of DynamoDB has at most 4 KiB, for both fields. */
const maxTags = 16;

/** One entity tag of a list (RFC 9110 section 8.8.3: etagc is any visible character but the quote, or obs-text). */
const nextTag = /[ \t]*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*(?:,|$)/y;
const emptyElement = /[ \t]*,/y;

/**
 * Reads If-Match and If-None-Match (RFC 9110 sections 13.1.1 and 13.1.2). A field that is not understood is refused:
 * ignoring it would turn a conditional write into an unconditional one.
 *
 * @throws DocumentError `invalid-precondition`.
 */
export function readPreconditions(headers: IncomingHttpHeaders): Preconditions {
  const ifMatch = headers['if-match'];
  const ifNoneMatch = headers['if-none-match'];
  return {
    // If-Match compares strongly, so a weak tag matches nothing; If-None-Match compares weakly (section 8.8.3.2).
    ...(ifMatch !== undefined && { ifMatch: readTags('If-Match', ifMatch, false) }),
    ...(ifNoneMatch !== undefined && { ifNoneMatch: readTags('If-None-Match', ifNoneMatch, true) }),
  };
}

/**
 * The same for a write. If-Unmodified-Since is refused where If-Match does not make up for it (section 13.1.4): whole
 * seconds cannot tell two writes apart, and ignoring it would overwrite what it was to protect.
 *
 * @throws DocumentError `invalid-precondition`.
 */
export function readWritePreconditions(headers: IncomingHttpHeaders): Preconditions {
  if (headers['if-unmodified-since'] === undefined || headers['if-match'] !== undefined)
    return readPreconditions(headers);
  throw invalid('If-Unmodified-Since is not supported for writes: send If-Match with the ETag of the document.');
}

function readTags(name: string, value: string, acceptWeak: boolean): TagCondition {
  if (value.trim() === '*') return '*';
  const listed = splitTags(name, value);
  return listed.flatMap(({ weak, opaque }) => {
    const tag = weak && !acceptWeak ? undefined : parseEntityTag(opaque);
    return tag === undefined ? [] : [tag];
  });
}

function splitTags(name: string, value: string): readonly { readonly weak: boolean; readonly opaque: string }[] {
  const tags: { readonly weak: boolean; readonly opaque: string }[] = [];
  for (let at = 0; at < value.length;) {
    // Empty elements of a list are to be skipped (section 5.6.1.2).
    emptyElement.lastIndex = at;
    if (emptyElement.test(value)) {
      at = emptyElement.lastIndex;
      continue;
    }
    nextTag.lastIndex = at;
    const found = nextTag.exec(value);
    if (found === null) throw invalid(`${name} is neither * nor a list of quoted entity tags.`);
    tags.push({ weak: found[1] !== undefined, opaque: found[2] ?? '' });
    at = nextTag.lastIndex;
  }
  if (tags.length === 0) throw invalid(`${name} is empty.`);
  if (tags.length > maxTags) throw invalid(`${name} has ${tags.length} entity tags; at most ${maxTags} are taken.`);
  return tags;
}

function invalid(message: string): DocumentError {
  return new DocumentError('invalid-precondition', message);
}
