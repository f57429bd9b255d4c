import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { HttpApiClient, type Connection } from '../runtime/api-client.ts';

/** A request as it arrived. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly response: ServerResponse;
}

/** Answers a request, or leaves it open. */
export type Handler = (request: SeenRequest) => void;

/** An HTTP server on loopback that answers as its script says, faults included, and remembers what it was asked. */
export class ScriptedApiServer {
  readonly requests: SeenRequest[] = [];
  /** How the next requests are answered; the last handler answers all that follow. */
  readonly script: Handler[] = [];
  /** Connections that were ever opened. */
  connections = 0;
  readonly #server: Server;
  readonly #agents: Agent[] = [];

  constructor(...script: Handler[]) {
    this.script.push(...script);
    this.#server = createServer((request, response) => void this.#receive(request, response));
    this.#server.on('connection', () => (this.connections += 1));
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A client of this server. */
  client(): HttpApiClient {
    const dispatcher = new Agent();
    this.#agents.push(dispatcher);
    const connection: Connection = { server: this.url, credentials: async () => ({ headers: {}, dispatcher }) };
    return new HttpApiClient(connection, { observeRequest: () => undefined }, 'test/1');
  }

  /** Requests that are answered in part or not at all, and whose client is still there. */
  get open(): readonly SeenRequest[] {
    return this.requests.filter(({ response }) => !response.writableEnded && !response.destroyed);
  }

  async close(): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent.destroy()));
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://test');
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
      response,
    };
    const handler = this.script.length > 1 ? this.script.shift() : this.script[0];
    this.requests.push(seen);
    handler?.(seen);
  }
}

/** Answers with a status and JSON. */
export function json(statusCode: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Handler {
  return ({ response }) => {
    response.writeHead(statusCode, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** Answers with a metav1.Status. */
export function failure(code: number, reason: string, headers: Readonly<Record<string, string>> = {}): Handler {
  return json(
    code,
    { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: `told to say ${reason}` },
    headers,
  );
}

/** Cuts the connection without an answer. */
export const reset: Handler = ({ response }) => {
  response.socket?.resetAndDestroy();
};

/** Answers 200 and leaves the stream open; `then` may write to it and end it. */
export function stream(then: (response: ServerResponse) => void = () => undefined): Handler {
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    then(response);
  };
}

/** An object of a collection of ConfigMaps. */
export function configMap(name: string, resourceVersion: string): object {
  return { metadata: { name, namespace: 'default', uid: `uid-${name}`, resourceVersion } };
}

/** A whole list. */
export function list(resourceVersion: string, ...items: readonly object[]): Handler {
  return json(200, { metadata: { resourceVersion }, items });
}

/** A line of a watch. */
export function line(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}
