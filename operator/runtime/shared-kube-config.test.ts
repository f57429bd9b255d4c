import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api, type KubeConfig } from '@kubernetes/client-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { json, ScriptedApiServer } from '../test/scripted-api-server.ts';
import { HttpApiClient } from './api-client.ts';
import { SharedKubeConfig } from './shared-kube-config.ts';

/** A kubeconfig for a server on loopback, whose authority and token are files. */
async function world(maxConnections = 4) {
  const server = await new ScriptedApiServer(
    json(200, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [] }),
  ).listen();
  const folder = await mkdtemp(join(tmpdir(), 'kube-config-'));
  const [caFile, tokenFile] = [join(folder, 'ca.crt'), join(folder, 'token')];
  await writeFile(caFile, 'first authority');
  await writeFile(tokenFile, 'first token\n');
  const config = new SharedKubeConfig(maxConnections);
  config.loadFromClusterAndUser(
    { name: 'test', server: server.url, caFile, skipTLSVerify: true },
    { name: 'me', authProvider: { name: 'tokenFile', config: { tokenFile } } },
  );
  onTestFinished(async () => {
    await config.close();
    await server.close();
    await rm(folder, { recursive: true });
  });
  return { server, config, caFile, tokenFile };
}

describe('connections', () => {
  test('are shared by all requests, those of client-node’s own classes too', async () => {
    const { server, config } = await world();
    const core = config.makeApiClient(CoreV1Api);
    const client = new HttpApiClient(config, { observeRequest: () => undefined }, 'test/1');
    for (let n = 0; n < 10; n += 1) {
      await core.listNamespacedPod({ namespace: 'default' });
      await client.request({ method: 'GET', path: '/api/v1/pods' });
    }
    expect(server.requests).toHaveLength(20);
    // A connection is free again a moment after its answer is read, so that the next request may find it busy.
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  test('are never more than were allowed, however many requests are under way', async () => {
    const { server, config } = await world(4);
    const client = new HttpApiClient(config, { observeRequest: () => undefined }, 'test/1');
    await Promise.all(Array.from({ length: 50 }, () => client.request({ method: 'GET', path: '/api/v1/pods' })));
    expect(server.connections).toBe(4);
  });

  test('are replaced when the authority changes on disk, and only then', async () => {
    const { config, caFile } = await world();
    const first = await config.credentials();
    expect((await config.credentials()).dispatcher).toBe(first.dispatcher);
    await writeFile(caFile, 'second authority');
    const second = await config.credentials();
    expect(second.dispatcher).not.toBe(first.dispatcher);
    expect((await config.credentials()).dispatcher).toBe(second.dispatcher);
  });
});

test('connections that could not be made fail only those who asked for them, also when another authority replaces them meanwhile', async () => {
  const authorities = ['bad', 'good'];
  const read = Promise.withResolvers<undefined>();
  class ChangingKubeConfig extends SharedKubeConfig {
    override async applyToHTTPSOptions(options: RequestOptions): Promise<void> {
      await read.promise;
      options.ca = authorities.shift();
    }
    override createDispatcherOptions(...[cluster, options]: Parameters<KubeConfig['createDispatcherOptions']>) {
      if (options.ca === 'bad') throw new Error('no such authority');
      return super.createDispatcherOptions(cluster, options);
    }
  }
  const config = new ChangingKubeConfig(1);
  onTestFinished(() => config.close());
  config.loadFromClusterAndUser({ name: 'test', server: 'https://127.0.0.1:1', skipTLSVerify: true }, { name: 'me' });
  const asked = Promise.allSettled([config.credentials(), config.credentials()]);
  read.resolve(undefined);
  expect((await asked).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});

test('the token travels without the line end of its file', async () => {
  const { config } = await world();
  expect((await config.credentials()).headers).toEqual({ Authorization: 'Bearer first token' });
});

test('a kubeconfig that names no cluster says so', () => {
  expect(() => new SharedKubeConfig(1).server).toThrow('set current-context');
});
