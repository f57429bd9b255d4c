import { pino } from 'pino';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { vi } from 'vitest';
import { createMemoryCache } from '../adapters/memory-cache.ts';
import { createMemoryContents } from '../adapters/memory-contents.ts';
import { createMemoryMetadata } from '../adapters/memory-metadata.ts';
import { createCacheAside } from '../cache-aside.ts';
import { createDocuments } from '../documents.ts';
import type { Reachability } from '../health.ts';
import { buildApp } from '../http/app.ts';
import { createMetrics, type Metrics } from '../metrics.ts';
import { observedContents, observedMetadata } from '../observed-stores.ts';
import type { ContentStore, DocumentCache, MetadataStore } from '../stores.ts';
import { exchange, type Received, type Sent } from './http-client.ts';

/** What a test may want to be different. */
export interface WorldOptions {
  readonly metadata?: (real: MetadataStore) => MetadataStore;
  readonly contents?: (real: ContentStore) => ContentStore;
  readonly cache?: DocumentCache;
  readonly maxDocumentBytes?: number;
  readonly inlineMaxBytes?: number;
  readonly requestTimeoutMs?: number;
}

/** A whole service on memory stores and a memory cache, listening on a free port of the loopback. */
export interface ServiceWorld extends AsyncDisposable {
  readonly port: number;
  readonly send: (sent: Sent) => Promise<Received>;
  readonly metrics: Metrics;
  /** Lines of the log, parsed. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** What the probes say; to be changed by the test. */
  readonly standing: { storage: Reachability; cache: Reachability | 'disabled'; ready: boolean; draining: boolean };
  readonly damages: readonly string[];
  /** Contents by id, to look at and to damage. */
  readonly contents: Map<string, readonly Buffer[]>;
}

/** Starts one. */
export async function startService(options: WorldOptions = {}): Promise<ServiceWorld> {
  const log: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(line: Buffer, _encoding, done) {
      log.push(JSON.parse(line.toString()) as Record<string, unknown>);
      done();
    },
  });
  const metrics = createMetrics({ version: '0.0.0', node: process.version });
  const contents = new Map<string, readonly Buffer[]>();
  const stores = storesOf(options, contents, metrics);
  const cache = createCacheAside(options.cache ?? createMemoryCache(Date.now), {
    ttlMs: 60_000,
    nowMs: () => performance.now(),
    random: Math.random,
    onCall: (operation, outcome) => metrics.cacheCall(operation, outcome),
    onBreaker: () => undefined,
    onTrust: () => undefined,
  });
  await vi.waitFor(() => cache.probe(), { timeout: 5000 });
  const standing: ServiceWorld['standing'] = { storage: 'ok', cache: 'ok', ready: true, draining: false };
  const damages: string[] = [];
  const { fastify } = buildApp({
    documents: createDocuments({
      ...stores,
      cache,
      nowMs: Date.now,
      pause: async () => undefined,
      maxDocumentBytes: options.maxDocumentBytes ?? 100 * 1024 * 1024,
      inlineMaxBytes: options.inlineMaxBytes ?? 8192,
      onDamage: (kind) => damages.push(kind),
    }),
    standing: {
      storage: () => standing.storage,
      cache: () => standing.cache,
      ready: () => standing.ready,
    },
    draining: () => standing.draining,
    metrics,
    log: pino({ level: 'debug' }, sink),
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
  });
  await fastify.listen({ host: '127.0.0.1', port: 0 });
  const { port } = fastify.server.address() as AddressInfo;
  return {
    port,
    send: (sent) => exchange(port, sent),
    metrics,
    log,
    standing,
    damages,
    contents,
    async [Symbol.asyncDispose]() {
      fastify.server.closeAllConnections();
      await fastify.close();
    },
  };
}

function storesOf(
  options: WorldOptions,
  contents: Map<string, readonly Buffer[]>,
  metrics: Metrics,
): { readonly metadata: MetadataStore; readonly contents: ContentStore } {
  const metadata = createMemoryMetadata(Date.now);
  const store = createMemoryContents(contents);
  return {
    metadata: observedMetadata(options.metadata?.(metadata) ?? metadata, metrics),
    contents: observedContents(options.contents?.(store) ?? store, metrics),
  };
}
