import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDocuments } from './test/documents.ts';
import { createWorld } from './test/world.ts';

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
