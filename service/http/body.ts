import type { IncomingMessage, ServerResponse } from 'node:http';

/** Requests whose sender waits for `100 Continue` before it sends the body (RFC 9110 section 10.1.1). */
const waiting = new WeakSet<IncomingMessage>();

/** Remembers that the sender of this request waits to be told to go on. */
export function expectsContinue(request: IncomingMessage): void {
  waiting.add(request);
}

/** The body as it comes in, with back-pressure. Asking for the first piece tells a waiting sender to go on. */
export async function* bodyOf(request: IncomingMessage, response: ServerResponse): AsyncGenerator<Uint8Array, void> {
  if (waiting.delete(request)) response.writeContinue();
  // Destroying the request would take the connection with it, and with that the response that says what was wrong.
  yield* request.iterator({ destroyOnReturn: false });
}

/**
 * Takes care of a body that nobody will read any more: what still comes is thrown away until the request times out, so
 * that the client gets to read the response. A sender that was never told to go on may send it or not, so that the
 * connection cannot be used again.
 */
export function abandonBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete) return;
  if (waiting.delete(request) && !response.headersSent) response.setHeader('connection', 'close');
  // An iterator that waits for the next piece keeps the stream from flowing.
  request.removeAllListeners('readable');
  request.resume();
}
