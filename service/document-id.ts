import { createHash } from 'node:crypto';
import { DocumentError } from './errors.ts';

/** The name of a document: 1 to 512 bytes of UTF-8 without control characters, never `.` or `..`. */
export type DocumentId = string & { readonly brand: 'DocumentId' };

/** Longest id in bytes of UTF-8; fully percent-encoded it is three times as many characters of a URL. */
export const maxIdBytes = 512;

const controlCharacters = /\p{Cc}/u;
const visibleAscii = /^[\x21-\x7e]*$/;

/**
 * Reads an id from the raw, still percent-encoded rest of a path, decoding it exactly once (RFC 3986 section 2.4), so
 * that `%2F` is a slash inside the id and `%252F` is the three characters `%2F`. Ids are compared byte by byte: nothing
 * is normalized.
 *
 * @throws DocumentError `invalid-id`, whose message says which rule is broken.
 */
export function parseDocumentId(rawPath: string): DocumentId {
  if (rawPath.includes('/')) throw invalid('A slash inside an id has to be written %2F.');
  if (!visibleAscii.test(rawPath)) throw invalid('Characters outside of ASCII have to be percent-encoded.');
  return checkDocumentId(percentDecoded(rawPath));
}

/** Checks an id that is already decoded. @throws DocumentError `invalid-id`. */
export function checkDocumentId(id: string): DocumentId {
  const bytes = Buffer.byteLength(id);
  if (bytes === 0) throw invalid('An id has at least one byte.');
  if (bytes > maxIdBytes) throw invalid(`An id has at most ${maxIdBytes} bytes of UTF-8; this one has ${bytes}.`);
  // URL parsers take these for path steps, also when percent-encoded (WHATWG URL, "single-dot path segment").
  if (id === '.' || id === '..') throw invalid('The ids "." and ".." are refused: many clients resolve them away.');
  if (controlCharacters.test(id))
    throw invalid('An id has no control characters (U+0000 to U+001F, U+007F to U+009F).');
  if (!id.isWellFormed()) throw invalid('An id is well-formed Unicode.');
  return id as DocumentId;
}

/** The path under which a document is reached; the reverse of `parseDocumentId`. */
export function documentPath(id: DocumentId): string {
  return `/documents/${encodeURIComponent(id)}`;
}

/** SHA-256 of the id's UTF-8 bytes, 64 hex digits. Shards and object keys are made of it. */
export function hashOfId(id: DocumentId): string {
  return createHash('sha256').update(id).digest('hex');
}

function percentDecoded(rawPath: string): string {
  try {
    return decodeURIComponent(rawPath);
  } catch (error) {
    throw invalid('The path is not percent-encoded UTF-8.', error);
  }
}

function invalid(message: string, cause?: unknown): DocumentError {
  return new DocumentError('invalid-id', message, { cause });
}
