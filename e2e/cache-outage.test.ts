import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './test/eventually.ts';
import { createWorld } from './test/world.ts';

const outages = [
  { name: 'killed', begin: 'killStandIn', end: 'startStandIn', reason: 'connections are refused' },
  { name: 'hung', begin: 'pauseStandIn', end: 'resumeStandIn', reason: 'connections stay open and nothing answers' },
] as const;

describe.each(outages)('while Redis is $name ($reason)', ({ begin, end }) => {
  const world = createWorld();
  const documents = world.documents();
  let isOut = false;

  const healthSays = (cache: string, status: string): Promise<void> =>
    eventually(async () => {
      // Both pods have to say so: several questions, since the load balancer spreads them.
      for (let question = 0; question < 6; question++) {
        const health = await documents.page('/health');
        expect(health.status).toBe(200);
        expect(JSON.parse(health.body.toString())).toEqual({ status, storage: 'ok', cache });
      }
    }, 15_000);
  const endOutage = async (): Promise<void> => {
    if (isOut) await world.control[end]('redis');
    isOut = false;
  };

  beforeAll(async () => {
    await world.ready();
  });
  afterEach(endOutage);
  afterAll(async () => {
    await healthSays('ok', 'healthy');
    await documents.close();
  });

  it('documents are stored and read, health says so, and afterwards nothing old comes back', async () => {
    const id = world.freshId('outage');
    expect((await documents.put(id, 'before')).status).toBe(201);
    for (let read = 0; read < 4; read++) expect((await documents.get(id)).body.toString()).toBe('before');

    await world.control[begin]('redis');
    isOut = true;
    for (let round = 0; round < 20; round++) {
      expect((await documents.put(id, `during ${round}`)).status).toBe(204);
      const read = await documents.get(id);
      expect(read.status).toBe(200);
      expect(read.body.toString()).toBe(`during ${round}`);
    }
    await healthSays('down', 'degraded');

    await endOutage();
    await healthSays('ok', 'healthy');
    for (let read = 0; read < 20; read++) expect((await documents.get(id)).body.toString()).toBe('during 19');
  });
});
