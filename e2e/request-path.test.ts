import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDocuments } from './test/documents.ts';
import { createWorld } from './test/world.ts';

/** How often each target of the load balancer has answered with 2xx, as HAProxy's own metrics have it. */
async function answersByTarget(url: string): Promise<ReadonlyMap<string, number>> {
  const metrics = await (await fetch(`${url}:8404/metrics`)).text();
  const pattern = /^haproxy_server_http_responses_total\{proxy="healthy_targets",server="([^"]+)",code="2xx"\} (\d+)/gm;
  return new Map([...metrics.matchAll(pattern)].map(([, server = '', count]) => [server, Number(count)]));
}

describe('the request path: load balancer, NodePort, pod, stores', () => {
  const world = createWorld();
  const documents = world.documents();
  beforeAll(async () => {
    await world.ready();
  });
  afterAll(() => documents.close());

  it('stores a document through the load balancer and returns it at every node', async () => {
    const id = world.freshId('path');
    const stored = await documents.put(id, 'hello', { 'content-type': 'text/markdown' });
    expect(stored.status).toBe(201);
    for (const node of world.facts.nodes) {
      const direct = createDocuments(`http://${node.address}:${world.facts.sample.nodePort}`);
      const read = await direct.get(id);
      expect(read.status).toBe(200);
      expect(read.body.toString()).toBe('hello');
      expect(read.headers['content-type']).toBe('text/markdown');
      expect(read.headers['etag']).toBe(stored.headers['etag']);
      await direct.close();
    }
  });

  it('the load balancer spreads the requests of new connections over both nodes', async () => {
    const id = world.freshId('spread');
    expect((await documents.put(id, 'spread')).status).toBe(201);
    const before = await answersByTarget(world.facts.url);
    const fresh = world.documents('new');
    for (let request = 0; request < 20; request++) expect((await fresh.get(id)).body.toString()).toBe('spread');
    await fresh.close();
    const after = await answersByTarget(world.facts.url);
    const { nodes, sample } = world.facts;
    expect([...after.keys()].toSorted()).toEqual(
      nodes.map(({ address }) => `${address}_${sample.nodePort}`).toSorted(),
    );
    const taken = [...after].map(([target, count]) => count - (before.get(target) ?? 0));
    expect(taken.reduce((sum, count) => sum + count, 0)).toBe(20);
    for (const count of taken) expect(count).toBeGreaterThan(0);
  });

  it('runs the pods on different nodes', async () => {
    const pods = await world.settled();
    expect(new Set(pods.map(({ spec }) => spec.nodeName)).size).toBe(2);
  });

  it('carries a document of many parts both ways without a change', async () => {
    const id = world.freshId('large');
    const content = randomBytes(12 * 1024 * 1024 + 17);
    expect((await documents.put(id, content)).status).toBe(201);
    const read = await documents.get(id);
    expect(createHash('sha256').update(read.body).digest('hex')).toBe(
      createHash('sha256').update(content).digest('hex'),
    );
  });

  it('refuses a write whose precondition is out of date, and keeps what is stored', async () => {
    const id = world.freshId('precondition');
    const first = await documents.put(id, 'one');
    expect((await documents.put(id, 'two')).status).toBe(204);
    const refused = await documents.put(id, 'three', { 'if-match': String(first.headers['etag']) });
    expect(refused.status).toBe(412);
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect((await documents.get(id)).body.toString()).toBe('two');
  });

  it('answers 304 to a reader that has the current version', async () => {
    const id = world.freshId('not-modified');
    const stored = await documents.put(id, 'same');
    const again = await documents.get(id, { 'if-none-match': String(stored.headers['etag']) });
    expect(again.status).toBe(304);
    expect(again.body).toHaveLength(0);
  });

  it('forgets a deleted document for readers', async () => {
    const id = world.freshId('deleted');
    await documents.put(id, 'short-lived');
    expect((await documents.remove(id)).status).toBe(204);
    expect((await documents.get(id)).status).toBe(404);
  });

  it('says that every part is well', async () => {
    const health = await documents.page('/health');
    expect(health.status).toBe(200);
    expect(JSON.parse(health.body.toString())).toEqual({ status: 'healthy', storage: 'ok', cache: 'ok' });
  });

  it('answers a wrong request with a problem that says what is wrong', async () => {
    const wrong = await documents.page('/documents/%00');
    expect(wrong.status).toBe(400);
    expect(wrong.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(wrong.body.toString())).toMatchObject({ status: 400, title: expect.any(String) as string });
  });
});
