import { createServer, type Server } from 'node:http';
import type { Metrics } from '../metrics.ts';

/** Serves `GET /metrics` on a port of its own, so that it never goes out through the load balancer. */
export function createMetricsServer(metrics: Metrics): Server {
  const server = createServer({ requestTimeout: 5000, headersTimeout: 5000 }, (request, response) => {
    if (request.method !== 'GET' || request.url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    metrics.exposition().then(
      ({ contentType, text }) => response.writeHead(200, { 'content-type': contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.maxConnections = 100;
  return server;
}
