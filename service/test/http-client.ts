import {
  request,
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

/** A request as it goes over the wire: nothing of the path is normalized. */
export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer | Readable;
  /** Without one, the request has a connection of its own. */
  readonly agent?: Agent;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

/** Sends a request to a port of this machine and waits for the whole response. Rejects where there is none. */
export async function exchange(port: number, { method = 'GET', path, headers, body, agent }: Sent): Promise<Received> {
  const { promise, resolve, reject } = Promise.withResolvers<Received>();
  const options = { host: '127.0.0.1', port, method, path, headers, agent: agent ?? false };
  const sending = request(options, (response) => resolve(wholeOf(response)));
  sending.on('error', reject);
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) sending.end(body);
  // A server may answer before it has read everything; the response decides.
  else pipeline(body, sending).catch(() => undefined);
  return promise;
}

async function wholeOf(response: IncomingMessage): Promise<Received> {
  const bytes = await buffer(response);
  return { status: response.statusCode ?? 0, headers: response.headers, body: bytes, text: bytes.toString() };
}

/** A connection on which a test writes and reads what it likes. */
export interface Line {
  readonly socket: Socket;
  write(text: string): void;
  /** Everything received so far. */
  received(): string;
  /** Resolves when the other side has ended the connection. */
  readonly ended: Promise<void>;
}

/** Opens a connection to a port of this machine. */
export async function openLine(port: number): Promise<Line> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  const ended = Promise.withResolvers<void>();
  socket.on('close', () => ended.resolve());
  socket.on('error', () => ended.resolve());
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return { socket, write: (part) => socket.write(part, 'latin1'), received: () => text, ended: ended.promise };
}
