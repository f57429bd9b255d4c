import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Endpoint } from '../cluster/cluster.ts';

/** What a client saw of one exchange: the answer, or how the connection failed (`ECONNRESET`, ...). */
export interface Exchange {
  readonly status: number | string;
  readonly body: string;
  /** Whether the client's connection had carried a request before. */
  readonly reused: boolean;
}

export interface ExchangeOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Keeps connections among exchanges; without it each gets one of its own. */
  readonly agent?: Agent;
}

/** An agent with one kept connection, as a browser or an SDK has. */
export function keptConnection(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1 });
}

/** Sends one request, once, and resolves to what came of it. Node's client never repeats a request by itself. */
export function exchange(endpoint: Endpoint, path: string, options: ExchangeOptions = {}): Promise<Exchange> {
  const { method = 'GET', headers = {}, body, agent = false } = options;
  return new Promise((resolve) => {
    const sent = request({ host: endpoint.address, port: endpoint.port, path, method, headers, agent });
    const fail = (error: NodeJS.ErrnoException): void => {
      resolve({ status: error.code ?? error.message, body: '', reused: sent.reusedSocket });
    };
    sent.once('error', fail);
    sent.once('response', (response: IncomingMessage) => {
      text(response).then(
        (received) => resolve({ status: response.statusCode ?? 0, body: received, reused: sent.reusedSocket }),
        fail,
      );
    });
    sent.end(body);
  });
}
