import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

describe('the environment', () => {
  test('may be empty', () => {
    expect(readConfig({}, 'me')).toEqual({
      watchNamespace: undefined,
      logLevel: 'info',
      metricsPort: 8080,
      probePort: 8081,
      maxConcurrentReconciles: 8,
      leaseNamespace: undefined,
      identity: 'me',
    });
  });

  test('of a pod makes it elect a leader under the pod’s name', () => {
    const { leaseNamespace, identity } = readConfig({ POD_NAMESPACE: 'docservice-system', POD_NAME: 'pod-1' }, 'me');
    expect({ leaseNamespace, identity }).toEqual({ leaseNamespace: 'docservice-system', identity: 'pod-1' });
  });

  test.each([
    { env: { METRICS_PORT: '70000' }, problem: 'METRICS_PORT: "70000" must be a whole number from 0 to 65535' },
    { env: { PROBE_PORT: '8o81' }, problem: 'PROBE_PORT: "8o81" must be a whole number from 0 to 65535' },
    { env: { PROBE_PORT: '8080' }, problem: 'PROBE_PORT: 8080 is METRICS_PORT already; give them different ports' },
    {
      env: { MAX_CONCURRENT_RECONCILES: '0' },
      problem: 'MAX_CONCURRENT_RECONCILES: "0" must be a whole number from 1 to 64',
    },
    {
      env: { LOG_LEVEL: 'loud' },
      problem: 'LOG_LEVEL: "loud" must be one of trace, debug, info, warn, error, fatal, silent',
    },
    { env: { WATCH_NAMESPACE: 'a,b' }, problem: 'WATCH_NAMESPACE: "a,b" must be the name of a namespace' },
    { env: { LEADER_ELECTION: 'yes' }, problem: 'LEADER_ELECTION: "yes" must be one of true, false' },
    {
      env: { LEADER_ELECTION: 'true' },
      problem:
        'POD_NAMESPACE: required with LEADER_ELECTION=true; the namespace for the lease, such as docservice-system',
    },
  ])('is refused: $problem', ({ env, problem }) => {
    expect(problemsOf(env)).toEqual([problem]);
  });

  test('is judged whole: every bad variable is named at once', () => {
    expect(problemsOf({ METRICS_PORT: 'x', LOG_LEVEL: 'x', WATCH_NAMESPACE: 'X' })).toHaveLength(3);
  });
});

function problemsOf(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(env, 'me');
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
