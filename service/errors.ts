import type { Content } from './document.ts';

/**
 * Everything that can go wrong with a request for a document, as far as the caller may know.
 * http/problems.ts turns codes into status codes; nothing else decides on them.
 */
export type DocumentErrorCode =
  | 'invalid-id'
  | 'invalid-precondition'
  | 'invalid-content-type'
  | 'unsupported-encoding'
  | 'not-found'
  | 'precondition-failed'
  | 'too-large'
  | 'incomplete-body'
  | 'partial-body'
  /** Not done, and will not be. */
  | 'storage-unavailable'
  /** Storage stopped answering while a write was under way: it may or may not have been done, or be done yet. */
  | 'write-unresolved'
  /** So many other writes followed that nobody can tell any more. */
  | 'outcome-unknown'
  | 'content-lost';

/**
 * An expected failure. The message is written for the caller of the API and says nothing about the inside; what is only
 * for the operators of the service goes into `cause`, which is logged and never sent.
 */
export class DocumentError extends Error {
  readonly code: DocumentErrorCode;

  constructor(code: DocumentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DocumentError';
    this.code = code;
  }
}

/** There is no document under this id. */
export function notFound(): DocumentError {
  return new DocumentError('not-found', 'There is no such document.');
}

/** A precondition does not hold. */
export function preconditionFailed(): DocumentError {
  return new DocumentError('precondition-failed', 'The document is not in the state that the request asks for.');
}

/** Storage did not answer or answered that it cannot: says nothing about whether the document exists. */
export function storageUnavailable(cause: unknown): DocumentError {
  return new DocumentError('storage-unavailable', 'Storage does not answer. Try again later.', { cause });
}

/**
 * A content store's word for content that is in another place than its own. In no store at all (`inline`, `none`) means
 * that the row has to be read again. Another store is a fault of the configuration, such as a bucket that was taken away:
 * nothing is lost.
 */
export function notKeptHere({ id, placement }: Content): MissingContent | DocumentError {
  if (placement.where === 'inline' || placement.where === 'none') return new MissingContent(id);
  const lacking = placement.where === 's3' ? 'the bucket it was stored in (S3_BUCKET)' : 'a table of chunks';
  return storageUnavailable(new Error(`content ${id} is in "${placement.where}", and this process has not ${lacking}`));
}

/** Storage stopped answering before the outcome of a write could be found out. */
export function writeUnresolved(cause: unknown): DocumentError {
  const message = 'Storage does not answer, and whether the write took effect is not known. Try again later.';
  return new DocumentError('write-unresolved', message, { cause });
}

/** A content store's word for content that a row names and that is not there. Never leaves documents.ts. */
export class MissingContent extends Error {
  constructor(contentId: string, options?: ErrorOptions) {
    super(`content ${contentId} is missing`, options);
    this.name = 'MissingContent';
  }
}
