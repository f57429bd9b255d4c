import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Endpoint } from '../cluster/cluster.ts';

/** A target of the load balancer on loopback that remembers what reached it. */
export interface Target {
  readonly endpoint: Endpoint;
  /** Every request that reached it but for health checks, as `METHOD path`, in order. */
  readonly requests: readonly string[];
  /** How many connections carried those requests. */
  connections(): number;
  /** Closes its listener and every connection. */
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  restart(): Promise<void>;
}

/** How a target answers one request; an error of it ends the connection. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Answers health checks with 200 and everything else by `answer`. */
export async function startTarget(answer: Answer): Promise<Target> {
  const requests: string[] = [];
  const carriers = new Set<Socket>();
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url === '/readyz') {
      response.end();
      return;
    }
    requests.push(`${request.method} ${request.url}`);
    carriers.add(request.socket);
    new Promise((resolve) => {
      resolve(answer(request, response));
    }).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  };
  // Longer than any test, so that a connection only ends where a test ends it.
  const server = createServer({ keepAliveTimeout: 300_000 }, take);
  server.on('checkContinue', take);
  const listen = async (port: number): Promise<Endpoint> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return { address: '127.0.0.1', port: (server.address() as AddressInfo).port };
  };
  const endpoint = await listen(0);
  return {
    endpoint,
    requests,
    connections: () => carriers.size,
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    async restart() {
      await listen(endpoint.port);
    },
  };
}
