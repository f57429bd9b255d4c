import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRequestLoop } from './test/request-loop.ts';
import { createWorld } from './test/world.ts';

describe('a rolling restart under requests', () => {
  const world = createWorld();
  const keptAlive = world.documents('kept-alive');
  const fresh = world.documents('new');
  beforeAll(async () => {
    await world.ready();
  });
  afterAll(async () => {
    await Promise.all([keptAlive.close(), fresh.close()]);
  });

  it('fails no request, on new and on kept-alive connections', async () => {
    const { name, namespace } = world.facts.sample;
    const ids = Array.from({ length: 20 }, (_, index) => world.freshId(`rolling-${index}`));
    for (const id of ids) expect((await keptAlive.put(id, id)).status).toBe(201);

    const loop = startRequestLoop({
      perSecond: 50,
      maxRequests: 6000,
      async send(index) {
        const client = index % 2 === 0 ? keptAlive : fresh;
        const id = ids[Math.floor(index / 2) % ids.length] ?? '';
        const isWrite = index % 10 === 0;
        const answer = isWrite ? await client.put(id, id) : await client.get(id);
        if (answer.status !== (isWrite ? 204 : 200))
          throw new Error(`${isWrite ? 'PUT' : 'GET'} ${answer.status}: ${answer.body.toString()}`);
        if (!isWrite && answer.body.toString() !== id) throw new Error('another body than was stored');
      },
    });
    await world.kubectl.run(['rollout', 'restart', `deployment/${name}`, '-n', namespace]);
    await world.kubectl.run(['rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=120s']);
    // The old pods outlive the rollout while they drain; they have to be gone before the loop may end.
    await world.settled();
    const report = await loop.stop();
    expect(report.failures).toEqual([]);
    expect(report.sent).toBeGreaterThan(500);
  });
});
