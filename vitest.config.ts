import { defineConfig } from 'vitest/config';

/**
 * One project per layer, so that each runs alone: `npx vitest run --project service`.
 * The name of a file tells its layer: `x.test.ts` needs nothing but Node, `x.engines.test.ts` the storage engines on
 * loopback, `x.api.test.ts` a kube-apiserver on loopback; everything in e2e/ needs the whole system on a cluster.
 */
const needsMore = ['**/*.engines.test.ts', '**/*.api.test.ts', 'e2e/**', '**/node_modules/**'];

/** How long a test may wait for what has to happen, on a machine that does something else besides. */
const patient = { testTimeout: 30_000, hookTimeout: 60_000, expect: { poll: { timeout: 20_000 } } };

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'service', include: ['service/**/*.test.ts'], exclude: needsMore, ...patient } },
      {
        test: {
          name: 'operator',
          include: ['{operator,crds,samples,config}/**/*.test.ts'],
          exclude: needsMore,
          ...patient,
        },
      },
      { test: { name: 'local', include: ['{local,bench}/**/*.test.ts'], exclude: needsMore, ...patient } },
      {
        test: {
          name: 'engines',
          include: ['**/*.engines.test.ts'],
          globalSetup: ['local/testing/engines.ts'],
          ...patient,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'api',
          include: ['**/*.api.test.ts'],
          globalSetup: ['local/testing/api-server.ts'],
          ...patient,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'terraform',
          include: ['terraform/**/*.test.ts'],
          exclude: needsMore,
          // Each file waits for a terraform of its own.
          maxWorkers: 2,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: ['e2e/commands/**'],
          globalSetup: ['e2e/test/system.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'commands',
          include: ['e2e/commands/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
