import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Paths and what stands behind them: a body to answer 200 with, or a problem to answer 503 with. */
export type ProbeRoutes = Readonly<Record<string, () => Promise<ProbeAnswer> | ProbeAnswer>>;

export interface ProbeAnswer {
  readonly ok: boolean;
  readonly body: string;
  readonly contentType?: string;
}

/**
 * Serves GET on a few fixed paths. Resolves once it listens; rejects when the port is taken.
 * @returns the server, and the port it got where 0 was asked for
 */
export async function serveProbes(
  port: number,
  routes: ProbeRoutes,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((request, response) => void answer(routes, request, response));
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return { server, port: (server.address() as AddressInfo).port };
}

/** Closes a server and the connections that nobody uses any more. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

async function answer(routes: ProbeRoutes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = routes[(request.url ?? '/').split('?')[0] ?? '/'];
  if (!route || (request.method !== 'GET' && request.method !== 'HEAD')) {
    response.writeHead(route ? 405 : 404).end();
    return;
  }
  try {
    const { ok, body, contentType = 'text/plain; charset=utf-8' } = await route();
    response.writeHead(ok ? 200 : 503, { 'content-type': contentType }).end(body);
  } catch (error) {
    response.writeHead(503).end(String(error));
  }
}
