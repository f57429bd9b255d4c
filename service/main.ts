import { pino, type Logger } from 'pino';
import { setTimeout as pause } from 'node:timers/promises';
import manifest from '../package.json' with { type: 'json' };
import { createMemoryContents } from './adapters/memory-contents.ts';
import { createMemoryMetadata } from './adapters/memory-metadata.ts';
import { noCache } from './cache-aside.ts';
import { ConfigError, readConfig, type Config } from './config.ts';
import { createDocuments } from './documents.ts';
import { drain } from './drain.ts';
import { startMonitor } from './health.ts';
import { buildApp } from './http/app.ts';
import { createMetricsServer } from './http/metrics-server.ts';
import { createMetrics } from './metrics.ts';

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = pino({ level: config.logLevel });
  await serve(config, log);
}

async function serve(config: Config, log: Logger): Promise<void> {
  if (config.storage.kind === 'memory')
    log.warn('STORAGE=memory: nothing is kept, every document ends with this process');
  const metrics = createMetrics({ version: manifest.version, node: process.version });
  const metadata = createMemoryMetadata();
  const contents = createMemoryContents();
  let draining = false;
  const storage = startMonitor({
    probe: async () => {
      await metadata.probe();
      await contents.probe();
    },
    intervalMs: 1000,
    onChange: (state) => metrics.dependency('storage', state),
  });
  const documents = createDocuments({
    metadata,
    contents,
    cache: noCache,
    nowMs: Date.now,
    pause,
    maxDocumentBytes: config.maxDocumentBytes,
    inlineMaxBytes: config.inlineMaxBytes,
    onDamage: (kind) => metrics.damage(kind),
  });
  const { fastify, connections } = buildApp({
    documents,
    standing: {
      storage: () => storage.state(),
      cache: () => 'disabled',
      ready: () => storage.hasAnswered() && !draining,
    },
    draining: () => draining,
    metrics,
    log,
    requestTimeoutMs: config.requestTimeoutMs,
  });
  const metricsServer = createMetricsServer(metrics);
  await fastify.listen({ host: config.host, port: config.port });
  metricsServer.listen(config.metricsPort, config.host);
  const stop = async () => {
    if (draining) process.exit(1);
    draining = true;
    metrics.draining();
    await drain({
      server: fastify.server,
      endIdle: (graceMs) => connections.endIdle(graceMs),
      pause,
      drainMs: config.drainMs,
      requestTimeoutMs: config.requestTimeoutMs,
    });
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
