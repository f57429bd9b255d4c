import type { FastifyInstance } from 'fastify';
import type { Reachability } from '../health.ts';

/** What the probes may ask. All of it is known already: no probe waits for anything. */
export interface Standing {
  storage(): Reachability;
  cache(): Reachability | 'disabled';
  /** Whether storage has ever answered and the process is not on its way out. */
  ready(): boolean;
}

export const probeMethods = ['GET', 'HEAD'] as const;
export const probeRoutes = ['/health', '/livez', '/readyz'] as const;

/**
 * `/health` reports, `/livez` says that the process runs and knows no dependency, `/readyz` says whether to send
 * requests here: a dependency that is down is down for every pod, so it must not take them all out of service.
 */
export function probes(app: FastifyInstance, standing: Standing): void {
  const options = { exposeHeadRoute: true };

  app.get('/health', options, async (_request, reply) => {
    const storage = standing.storage();
    const cache = standing.cache();
    const status = storage === 'down' ? 'unhealthy' : cache === 'down' ? 'degraded' : 'healthy';
    return uncached(reply)
      .code(status === 'unhealthy' ? 503 : 200)
      .send({ status, storage, cache });
  });

  app.get('/livez', options, async (_request, reply) => uncached(reply).send({ status: 'alive' }));

  app.get('/readyz', options, async (_request, reply) => {
    const ready = standing.ready();
    return uncached(reply)
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ready' : 'not ready' });
  });
}

function uncached<T extends { header(name: string, value: string): T }>(reply: T): T {
  return reply.header('cache-control', 'no-store');
}
