import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from './config.ts';
import { maxConnections } from './run.ts';
import { HttpApiClient } from './runtime/api-client.ts';
import { LeaderElection } from './runtime/leader-election.ts';
import { SharedKubeConfig } from './runtime/shared-kube-config.ts';
import { FakeClock } from './test/fake-clock.ts';
import { json, ScriptedApiServer } from './test/scripted-api-server.ts';
import { silentLog } from './test/silent-log.ts';
import { until } from './test/until.ts';
import { WATCHED_TYPES } from './watches.ts';

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/n/leases';

/** An API server that keeps a lease and answers nothing else, as when a webhook in front of everything else hangs. */
async function slowServer() {
  const server = await new ScriptedApiServer((request) => {
    if (!request.path.startsWith(LEASES)) return;
    const sent = JSON.parse(request.body || '{"metadata":{}}') as { readonly metadata: object };
    const lease = { ...sent, metadata: { ...sent.metadata, name: 'l', resourceVersion: `${server.requests.length}` } };
    json(200, request.method === 'GET' ? { ...lease, spec: { holderIdentity: 'a' } } : lease)(request);
  }).listen();
  const renewals = (): number => server.requests.filter(({ method }) => method === 'PUT').length;
  return { server, renewals };
}

test('the lease is renewed while all watches are open and all passes hang in a request', async () => {
  const config = readConfig({}, 'test');
  const { server, renewals } = await slowServer();
  const kubeConfig = new SharedKubeConfig(maxConnections(config));
  kubeConfig.loadFromClusterAndUser({ name: 'test', server: server.url, skipTLSVerify: true }, { name: 'me' });
  const stopping = new AbortController();
  const { signal } = stopping;
  onTestFinished(async () => {
    stopping.abort();
    await kubeConfig.close();
    await server.close();
  });
  const client = new HttpApiClient(kubeConfig, { observeRequest: () => undefined }, 'test/1');
  const hanging = WATCHED_TYPES.length + config.maxConcurrentReconciles;
  for (let n = 0; n < hanging; n += 1) {
    client.request({ method: 'GET', path: `/slow/${n}`, signal }).catch(() => undefined);
  }
  await until('all of them hang', () => server.requests.length === hanging);
  const clock = new FakeClock();
  const log = silentLog;
  const election = new LeaderElection({
    client,
    clock,
    random: () => 0,
    namespace: 'n',
    name: 'l',
    identity: 'a',
    log,
  });
  const acquired = election.acquire(signal);
  await until('the lease', () => renewals() === 1, { deadlineMs: 3000 });
  expect(await acquired).toBe(true);
  const held = election.hold(signal);
  clock.advance(2000);
  await until('a renewal', () => renewals() === 2, { deadlineMs: 3000 });
  stopping.abort();
  expect(await held).toBe(true);
});
