import { DocumentError, type DocumentErrorCode } from '../errors.ts';

/** What an error response says (RFC 9457 section 3). `type` and `code` never change their meaning. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly requestId: string;
}

type TransportCode =
  'bad-request' | 'route-not-found' | 'method-not-allowed' | 'request-timeout' | 'headers-too-large' | 'internal';

export type ProblemCode = DocumentErrorCode | TransportCode;

/** The one table from codes to what goes out. README.md documents it. */
export const problemTable: Readonly<Record<ProblemCode, { readonly status: number; readonly title: string }>> = {
  'bad-request': { status: 400, title: 'The request is not understood' },
  'invalid-id': { status: 400, title: 'The document id is not allowed' },
  'invalid-precondition': { status: 400, title: 'A precondition is not understood' },
  'incomplete-body': { status: 400, title: 'The body is incomplete' },
  'partial-body': { status: 400, title: 'Only whole documents are stored' },
  'not-found': { status: 404, title: 'There is no such document' },
  'route-not-found': { status: 404, title: 'There is nothing at this path' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  'request-timeout': { status: 408, title: 'The request took too long' },
  'precondition-failed': { status: 412, title: 'A precondition does not hold' },
  'too-large': { status: 413, title: 'The document is too large' },
  'invalid-content-type': { status: 415, title: 'The Content-Type is not a media type' },
  'unsupported-encoding': { status: 415, title: 'Only documents without Content-Encoding are stored' },
  'headers-too-large': { status: 431, title: 'The header section is too large' },
  internal: { status: 500, title: 'The service failed' },
  'content-lost': { status: 500, title: 'The content of the document is damaged' },
  'outcome-unknown': { status: 500, title: 'The outcome of the write is unknown' },
  'storage-unavailable': { status: 503, title: 'Storage is unavailable' },
  'write-unresolved': { status: 503, title: 'The outcome of the write is not known yet' },
};

export const problemContentType = 'application/problem+json';
/** Seconds a client should wait after a 503 (RFC 9110 section 10.2.3). */
export const retryAfterSeconds = '2';

/** A problem with its body spelled out. Details of 5xx come from our own texts only, so nothing of the inside leaks. */
export function problem(code: ProblemCode, detail: string, requestId: string): Problem {
  return { type: `https://docservice.dev/problems/${code}`, ...problemTable[code], code, detail, requestId };
}

/** Turns whatever was thrown while handling a request into a code and a detail that may be shown. */
export function classify(error: unknown): { readonly code: ProblemCode; readonly detail: string } {
  if (error instanceof DocumentError) return { code: error.code, detail: error.message };
  const { code, statusCode } = framework(error);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return { code: 'invalid-content-type', detail: 'Send a media type such as text/plain, or no Content-Type at all.' };
  }
  if (code === 'FST_ERR_BAD_URL') return { code: 'bad-request', detail: 'The path is not percent-encoded UTF-8.' };
  if (statusCode >= 400 && statusCode < 500) return { code: 'bad-request', detail: 'The request is not understood.' };
  return { code: 'internal', detail: 'The service failed. The request id finds the reason in its log.' };
}

/** Fastify's errors carry a code and a status code (fastify docs, Reference/Errors). */
function framework(error: unknown): { readonly code: string; readonly statusCode: number } {
  const { code, statusCode } = error instanceof Error ? (error as { code?: unknown; statusCode?: unknown }) : {};
  return {
    code: typeof code === 'string' ? code : '',
    statusCode: typeof statusCode === 'number' ? statusCode : 500,
  };
}
