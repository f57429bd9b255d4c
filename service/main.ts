import { pino, type Logger } from 'pino';
import { once } from 'node:events';
import type { Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import manifest from '../package.json' with { type: 'json' };
import { createDynamoClients, createS3Clients } from './adapters/aws-clients.ts';
import { createDynamoContents } from './adapters/dynamo-contents.ts';
import { createDynamoMetadata } from './adapters/dynamo-metadata.ts';
import { createMemoryContents } from './adapters/memory-contents.ts';
import { createMemoryMetadata } from './adapters/memory-metadata.ts';
import { createRedisCache } from './adapters/redis-cache.ts';
import { createS3Contents } from './adapters/s3-contents.ts';
import { createCacheAside, noCache, type CacheAside } from './cache-aside.ts';
import { ConfigError, readConfig, type CacheConfig, type Config, type StorageConfig } from './config.ts';
import { createDocuments } from './documents.ts';
import { drain } from './drain.ts';
import { startMonitor, type Monitor } from './health.ts';
import { buildApp, type App } from './http/app.ts';
import { createMetricsServer } from './http/metrics-server.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { observedContents, observedMetadata } from './observed-stores.ts';
import { createPlacedContents } from './placed-contents.ts';
import type { ContentStore, MetadataStore } from './stores.ts';

/** What everything in this process shares. */
interface Surroundings {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
}

interface Stores {
  readonly metadata: MetadataStore;
  readonly contents: ContentStore;
}

const storageProbeIntervalMs = 1000;
const cacheProbeIntervalMs = 500;
const firstAnswerMs = 1500;

function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = pino({ level: config.logLevel });
  if (config.storage.kind === 'memory') {
    log.warn('STORAGE=memory: nothing is kept, every document ends with this process');
  }
  log.info({ config: shown(config) }, 'configuration');
  if (config.authMode === 'none')
    log.warn('AUTH_MODE=none: whoever reaches the port may read and write every document');
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'an error that nobody expected');
    process.exit(1);
  });
  const metrics = createMetrics({ version: manifest.version, node: process.version });
  return serve({ config, log, metrics });
}

async function serve(surroundings: Surroundings): Promise<void> {
  const { config, log, metrics } = surroundings;
  const stopping = stopSignal();
  const stores = observed(createStores(config.storage), metrics);
  const cache = config.cache === undefined ? noCache : createCache(config.cache, surroundings);
  const leaving = new AbortController();
  const storageMonitor = monitorStorage(stores, surroundings);
  const cacheMonitor = config.cache === undefined ? undefined : monitorCache(cache, surroundings);
  const app = buildApp({
    documents: createDocuments({
      ...stores,
      cache,
      nowMs: Date.now,
      pause,
      maxDocumentBytes: config.maxDocumentBytes,
      inlineMaxBytes: config.inlineMaxBytes,
      onDamage(kind, id, cause) {
        metrics.damage(kind);
        log.error({ kind, document: id, err: cause }, 'stored content is damaged');
      },
    }),
    standing: {
      storage: () => storageMonitor.state(),
      cache: () => cacheMonitor?.state() ?? 'disabled',
      ready: () => storageMonitor.hasAnswered() && !leaving.signal.aborted,
    },
    draining: () => leaving.signal.aborted,
    metrics,
    log,
    requestTimeoutMs: config.requestTimeoutMs,
  });
  // Writes that a cache does not hear of cost it everything it has, so it gets a moment to connect.
  await cacheMonitor?.answers(firstAnswerMs);
  await listen(app, surroundings);
  await stopping;
  leaving.abort();
  await leave(app, surroundings);
}

function createStores(storage: StorageConfig): Stores {
  if (storage.kind === 'memory') return { metadata: createMemoryMetadata(Date.now), contents: createMemoryContents() };
  const { region, table, bucket } = storage;
  const dynamo = createDynamoClients({ region, endpoint: storage.dynamodbEndpoint });
  const chunks = createDynamoContents(dynamo, table);
  const s3 = bucket && createS3Contents(createS3Clients({ region, endpoint: storage.s3Endpoint }), bucket);
  const contents = createPlacedContents(s3 ?? chunks, { chunks, ...(s3 && { s3 }) });
  return { metadata: createDynamoMetadata(dynamo, table, Date.now), contents };
}

function observed({ metadata, contents }: Stores, metrics: Metrics): Stores {
  return { metadata: observedMetadata(metadata, metrics), contents: observedContents(contents, metrics) };
}

function createCache(config: CacheConfig, { log, metrics }: Surroundings): CacheAside {
  return createCacheAside(createRedisCache(config, Date.now), {
    ttlMs: config.ttlMs,
    nowMs: () => performance.now(),
    random: Math.random,
    onCall: (operation, outcome) => metrics.cacheCall(operation, outcome),
    onBreaker(state, cause) {
      metrics.cacheBreaker(state);
      if (state === 'open') log.warn({ err: cause }, 'the cache fails: going on without it');
      else log.info('the cache answers again');
    },
    onTrust(trusted) {
      metrics.cacheTrust(trusted);
      if (trusted) log.info('the cache begins a new generation: what it had before counts no more');
      else log.warn('the cache missed a write: not trusted until a new generation begins');
    },
  });
}

function monitorStorage({ metadata, contents }: Stores, { log, metrics }: Surroundings): Monitor {
  return startMonitor({
    probe: async () => void (await Promise.all([metadata.probe(), contents.probe()])),
    intervalMs: storageProbeIntervalMs,
    onChange(state, cause) {
      metrics.dependency('storage', state);
      if (state === 'ok') log.info('storage answers');
      else log.error({ err: cause }, 'storage does not answer');
    },
  });
}

function monitorCache(cache: CacheAside, { log, metrics }: Surroundings): Monitor {
  return startMonitor({
    probe: () => cache.probe(),
    intervalMs: cacheProbeIntervalMs,
    onChange(state, cause) {
      metrics.dependency('cache', state);
      if (state === 'ok') log.info('the cache answers');
      else log.warn({ err: cause }, 'the cache does not answer');
    },
  });
}

async function listen({ fastify }: App, { config, log, metrics }: Surroundings): Promise<void> {
  const metricsServer = createMetricsServer(metrics);
  metricsServer.listen(config.metricsPort, config.host);
  await once(metricsServer, 'listening');
  await fastify.listen({ host: config.host, port: config.port });
  log.info({ apiPort: portOf(fastify.server), metricsPort: portOf(metricsServer) }, 'listening');
}

function portOf(server: Server): number | undefined {
  const address = server.address();
  return typeof address === 'object' ? address?.port : undefined;
}

/** Resolves at the first signal to stop; a second one ends the process at once. */
async function stopSignal(): Promise<void> {
  const first = await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
  return first;
}

async function leave({ fastify, connections }: App, { config, log, metrics }: Surroundings): Promise<void> {
  metrics.draining();
  log.info({ drainMs: config.drainMs }, 'draining');
  const outcome = await drain({
    server: fastify.server,
    endIdle: (graceMs) => connections.endIdle(graceMs),
    pause,
    drainMs: config.drainMs,
    requestTimeoutMs: config.requestTimeoutMs,
  });
  log.info({ outcome }, 'stopped');
  process.exit(0);
}

/** The configuration without what must not be in a log. */
function shown({ cache, ...rest }: Config): object {
  if (cache === undefined) return { ...rest, cache: 'none' };
  const { password: _secret, ...shownCache } = cache;
  return { ...rest, cache: shownCache };
}

function fail(error: unknown): never {
  const text = error instanceof ConfigError ? error.message : `The service could not start: ${String(error)}`;
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

try {
  await main();
} catch (error) {
  fail(error);
}
