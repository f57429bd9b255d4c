import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
} from 'fastify';
import type { FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Documents } from '../documents.ts';
import type { Metrics } from '../metrics.ts';
import { expectsContinue } from './body.ts';
import { trackConnections, type Connections } from './connections.ts';
import { documentMethods, documentRoute, documentRoutes } from './documents.ts';
import {
  classify,
  problem,
  problemContentType,
  problemTable,
  retryAfterSeconds,
  type ProblemCode,
} from './problems.ts';
import { probeMethods, probeRoutes, probes, type Standing } from './probes.ts';

/** What the HTTP side stands on. */
export interface AppWorld {
  readonly documents: Documents;
  readonly standing: Standing;
  /** Whether the process is on its way out: every response then ends its connection. */
  readonly draining: () => boolean;
  readonly metrics: Metrics;
  readonly log: FastifyBaseLogger;
  readonly requestTimeoutMs: number;
}

export interface App {
  readonly fastify: FastifyInstance;
  readonly connections: Connections;
}

/** Longer than the idle timeout of load balancers (ALB: 60 s), which would otherwise reuse what we just closed. */
const keepAliveTimeoutMs = 72_000;
/** An id of 512 bytes is 1536 characters of a path; the rest is for the other header fields. */
const maxHeaderBytes = 32 * 1024;
/** How often Node looks for requests that have taken too long: the precision of all its timeouts. */
const timeoutCheckMs = 1000;
const maxSockets = 10_000;
/** From here on a request is slow enough for a line in the log. */
const slowMs = 1000;
/** What is said of a request or of its connection, and not of a document. */
const keptHeaders: ReadonlySet<string> = new Set(['x-request-id', 'connection', 'allow']);
const requestIdPattern = /^[A-Za-z0-9._~:/+=-]{1,128}$/;

/** Builds the HTTP side, ready to listen or to be injected into. Every limit is explicit. */
export function buildApp(world: AppWorld): App {
  const { requestTimeoutMs, log } = world;
  const fastify: FastifyInstance = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => acceptedRequestId(request.headers['x-request-id']),
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // A connection that moves nothing for longer than any request may take is dead.
    connectionTimeout: Math.max(requestTimeoutMs, keepAliveTimeoutMs) + 5000,
    maxRequestsPerSocket: 0,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    // No body is parsed into memory, so this limits nothing; documents.ts has the limit.
    bodyLimit: Number.MAX_SAFE_INTEGER,
    routerOptions: { maxParamLength: maxHeaderBytes },
    http: {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: Math.min(requestTimeoutMs, 20_000),
      connectionsCheckingInterval: timeoutCheckMs,
    },
    // A path that cannot be decoded: the router gives up before any hook has run.
    frameworkErrors: (error, request, reply) => {
      begin(world, request, reply);
      const underDocuments = methodsAt(request.raw.url ?? '') === documentMethods;
      refuse(request, reply, underDocuments ? 'invalid-id' : 'bad-request', classify(error).detail);
    },
    clientErrorHandler: (error, socket) => {
      answerUnreadable(error, socket, connections);
    },
  });
  const connections = trackConnections(fastify.server, () => performance.now());
  fastify.server.maxConnections = maxSockets;
  fastify.server.on('checkContinue', (request, response) => {
    expectsContinue(request);
    fastify.server.emit('request', request, response);
  });
  observe(fastify, world);
  handle(fastify, world);
  return { fastify, connections };
}

function handle(fastify: FastifyInstance, { documents, standing, requestTimeoutMs }: AppWorld): void {
  // Bodies stay streams, of whatever type they say they are.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
  fastify.setErrorHandler(sendError);
  fastify.setNotFoundHandler((request, reply) => {
    const allowed = methodsAt(request.raw.url ?? '');
    if (allowed === undefined) {
      return refuse(request, reply, 'route-not-found', 'Documents are at /documents/{id}.');
    }
    reply.header('allow', allowed.join(', '));
    return refuse(request, reply, 'method-not-allowed', `Allowed are ${allowed.join(', ')}.`);
  });
  documentRoutes(fastify, documents, requestTimeoutMs);
  probes(fastify, standing);
}

function observe(fastify: FastifyInstance, world: AppWorld): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    begin(world, request, reply);
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    // Once more: the drain may have begun while the request was under way.
    if (world.draining()) reply.header('connection', 'close');
    done(null, payload);
  });
}

/** Counts a request, and logs it at its end if it was slow or cut off: a success costs no line. */
function begin({ metrics, draining }: AppWorld, request: FastifyRequest, reply: FastifyReply): void {
  const began = performance.now();
  metrics.requestBegan();
  reply.header('x-request-id', request.id);
  if (draining()) reply.header('connection', 'close');
  reply.raw.once('close', () => {
    const durationMs = Math.round(performance.now() - began);
    const status = reply.raw.writableFinished ? String(reply.raw.statusCode) : 'aborted';
    const facts = { method: request.method, route: routeLabel(request), status, durationMs };
    metrics.requestEnded(request.method, facts.route, status, (performance.now() - began) / 1000);
    if (status === 'aborted') request.log.info(facts, 'connection ended before the response');
    else if (durationMs >= slowMs) request.log.warn(facts, 'slow request');
  });
}

function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { code, detail } = classify(error);
  if (problemTable[code].status < 500) return refuse(request, reply, code, detail);
  request.log.error({ method: request.method, route: routeLabel(request), code, err: error }, 'request failed');
  return sendProblem(request, reply, code, detail);
}

function refuse(request: FastifyRequest, reply: FastifyReply, code: ProblemCode, detail: string): FastifyReply {
  const facts = { method: request.method, route: routeLabel(request), code, detail };
  // What a store answers every day is no news; the rest are mistakes of clients that someone may ask about.
  if (code === 'not-found' || code === 'precondition-failed') request.log.debug(facts, 'request refused');
  else request.log.info(facts, 'request refused');
  return sendProblem(request, reply, code, detail);
}

function sendProblem(request: FastifyRequest, reply: FastifyReply, code: ProblemCode, detail: string): FastifyReply {
  const body = problem(code, detail, request.id);
  forgetDocument(reply);
  // RFC 9110 section 15.5.16: tells a refused encoding from a refused type.
  if (code === 'unsupported-encoding') reply.header('accept-encoding', 'identity');
  if (body.status === 503) reply.header('retry-after', retryAfterSeconds);
  return reply
    .code(body.status)
    .headers({ 'x-request-id': request.id, 'content-type': problemContentType, 'cache-control': 'no-store' })
    .send(request.method === 'HEAD' ? undefined : Buffer.from(JSON.stringify(body)));
}

/** A stream that fails before its first byte has put the header of its document into the response already. */
function forgetDocument(reply: FastifyReply): void {
  for (const name of Object.keys(reply.getHeaders())) {
    if (keptHeaders.has(name)) continue;
    reply.removeHeader(name);
    if (!reply.raw.headersSent) reply.raw.removeHeader(name);
  }
}

/** Answers what is not HTTP, is too long, or did not come in time; there is no request to speak of. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket, connections: Connections): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable && connections.mayAnswer(socket)) {
    const body = problem(unreadableCode(error.code), 'The request could not be read.', randomUUID());
    const text = JSON.stringify(body);
    socket.write(
      `HTTP/1.1 ${body.status} ${body.title}\r\nContent-Type: ${problemContentType}\r\n` +
        `Content-Length: ${Buffer.byteLength(text)}\r\nX-Request-Id: ${body.requestId}\r\nConnection: close\r\n\r\n${text}`,
    );
  }
  socket.destroySoon();
}

function unreadableCode(code: string | undefined): ProblemCode {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request-timeout';
  return code === 'HPE_HEADER_OVERFLOW' ? 'headers-too-large' : 'bad-request';
}

function methodsAt(url: string): readonly string[] | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  if (path.startsWith(documentRoute.slice(0, -1))) return documentMethods;
  return probeRoutes.some((route) => route === path) ? probeMethods : undefined;
}

function routeLabel(request: FastifyRequest): string {
  const pattern = request.routeOptions.url;
  return pattern === documentRoute ? '/documents/{id}' : (pattern ?? 'none');
}

function acceptedRequestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && requestIdPattern.test(given) ? given : randomUUID();
}
