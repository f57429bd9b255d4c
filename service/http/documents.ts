import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { documentPath, parseDocumentId, type DocumentId } from '../document-id.ts';
import { entityTag, type LiveDocument } from '../document.ts';
import type { Documents } from '../documents.ts';
import { DocumentError } from '../errors.ts';
import { abandonBody, bodyOf } from './body.ts';
import { readPreconditions, readWritePreconditions } from './conditional.ts';

const prefix = '/documents/';
const defaultContentType = 'application/octet-stream';
/** It lives in the row, whose size is limited. */
const maxContentTypeLength = 1024;

export const documentMethods = ['DELETE', 'GET', 'HEAD', 'PUT'] as const;
/** Everything behind the prefix, so that ids are decoded here, once, and not by the router. */
export const documentRoute = `${prefix}*`;

/** PUT, GET, HEAD and DELETE of documents. */
export function documentRoutes(app: FastifyInstance, documents: Documents, requestTimeoutMs: number): void {
  const deadlineOf = (reply: FastifyReply): number => Date.now() - reply.elapsedTime + requestTimeoutMs;

  app.put(documentRoute, async (request, reply) => {
    try {
      const id = idOf(request);
      refuseParts(request);
      refuseEncodings(request);
      const stored = await documents.put({
        id,
        preconditions: readWritePreconditions(request.headers),
        contentType: contentTypeOf(request),
        declaredBytes: contentLength(request),
        body: bodyOf(request.raw, reply.raw),
        deadlineMs: deadlineOf(reply),
      });
      reply.headers(validators(stored));
      if (stored.created) reply.header('location', documentPath(id));
      return await reply.code(stored.created ? 201 : 204).send();
    } finally {
      abandonBody(request.raw, reply.raw);
    }
  });

  app.get(documentRoute, async (request, reply) => {
    const id = idOf(request);
    const opened = await documents.open(id, readPreconditions(request.headers), () =>
      untilClosed(reply, requestTimeoutMs - reply.elapsedTime),
    );
    if (opened.kind === 'not-modified') return notModified(reply, opened.document);
    return reply.headers(representation(opened.document)).send(opened.body);
  });

  app.head(documentRoute, async (request, reply) => {
    const selected = await documents.select(idOf(request), readPreconditions(request.headers));
    if (selected.kind === 'not-modified') return notModified(reply, selected.document);
    return reply.headers(representation(selected.document)).send();
  });

  app.delete(documentRoute, async (request, reply) => {
    await documents.remove(idOf(request), readWritePreconditions(request.headers), deadlineOf(reply));
    return reply.code(204).send();
  });
}

function idOf(request: FastifyRequest): DocumentId {
  const url = request.raw.url ?? '';
  const path = url.split(/[?#]/, 1)[0] ?? '';
  return parseDocumentId(path.slice(prefix.length));
}

/** RFC 9110 section 14.5: storing a part as if it were the whole would lose the rest. */
function refuseParts({ headers }: FastifyRequest): void {
  if (headers['content-range'] === undefined) return;
  throw new DocumentError('partial-body', 'Content-Range is not supported: send the whole document.');
}

/** The encoding has no place in a row, so that a GET would give encoded bytes as plain ones. */
function refuseEncodings({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return;
  throw new DocumentError('unsupported-encoding', 'Send the document without Content-Encoding.');
}

function contentTypeOf(request: FastifyRequest): string {
  const type = request.headers['content-type'] ?? defaultContentType;
  if (type.length <= maxContentTypeLength) return type;
  throw new DocumentError('invalid-content-type', `A Content-Type has at most ${maxContentTypeLength} characters.`);
}

function contentLength(request: FastifyRequest): number | undefined {
  const value = request.headers['content-length'];
  return value === undefined ? undefined : Number(value);
}

function notModified(reply: FastifyReply, document: LiveDocument): FastifyReply {
  return reply
    .code(304)
    .headers({ ...validators(document), ...handling })
    .send();
}

function representation(document: LiveDocument): Record<string, string> {
  return {
    ...validators(document),
    ...handling,
    'content-type': document.contentType,
    'content-length': String(document.length),
  };
}

function validators(document: Pick<LiveDocument, 'version' | 'sha256' | 'modifiedMs'>): Record<string, string> {
  return {
    etag: `"${entityTag(document)}"`,
    'last-modified': new Date(document.modifiedMs).toUTCString(),
    'document-version': String(document.version),
  };
}

/** Documents come from anyone: nothing may guess a type, run a script, or hand one reader's copy to another. */
const handling = {
  'cache-control': 'private, no-cache',
  'x-content-type-options': 'nosniff',
  'content-security-policy': 'sandbox',
} as const;

/**
 * A signal that ends with the connection, and when the request has taken its time: before the first byte that becomes a
 * problem, later it breaks the connection off.
 */
function untilClosed(reply: FastifyReply, timeoutMs: number): AbortSignal {
  const controller = new AbortController();
  if (reply.raw.destroyed) {
    controller.abort();
    return controller.signal;
  }
  const timer = setTimeout(() => {
    if (reply.raw.headersSent) reply.raw.destroy();
    else controller.abort();
  }, timeoutMs);
  timer.unref();
  reply.raw.once('close', () => {
    clearTimeout(timer);
    controller.abort();
  });
  return controller.signal;
}
