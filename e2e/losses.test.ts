import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from './test/eventually.ts';
import { startRequestLoop } from './test/request-loop.ts';
import { startTraffic, startWriters } from './test/traffic.ts';
import { createWorld, firstOf, uidsOf } from './test/world.ts';

const world = createWorld();
const { name, namespace } = world.facts.sample;

describe('what is lost when a machine or a process dies', () => {
  const documents = world.documents();
  let killedNode: string | undefined;
  beforeAll(async () => {
    await world.ready();
  });
  afterEach(async () => {
    if (killedNode !== undefined) await world.control.startNode(killedNode);
    killedNode = undefined;
  });
  afterAll(() => documents.close());

  const expectAllReadable = async (acknowledged: ReadonlyMap<string, string>): Promise<void> => {
    expect(acknowledged.size).toBeGreaterThan(20);
    const left = [...acknowledged];
    const readNext = async (): Promise<void> => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        const [id, content] = next;
        const read = await documents.get(id);
        expect({ id, status: read.status, content: read.body.toString() }).toEqual({ id, status: 200, content });
      }
    };
    await Promise.all(Array.from({ length: 16 }, readNext));
  };

  it('a process killed amid 150 writes loses no acknowledged document and is started again', async () => {
    const { uid } = firstOf(await world.settled()).metadata;
    const writers = startWriters(world, documents, 150);
    onTestFinished(() => writers.stop());
    await eventually(async () => expect(writers.acknowledged.size).toBeGreaterThan(300), 120_000, 20);
    const cutOffBefore = writers.cutOff();
    await world.control.killPod(uid);
    await writers.stop();
    // Writes that were cut off show that the kill came while the process was at work on them.
    expect(cutOffBefore).toBe(0);
    expect(writers.cutOff()).toBeGreaterThan(0);
    await eventually(async () => {
      const pod = (await world.pods()).find(({ metadata }) => metadata.uid === uid);
      expect(pod?.status.containerStatuses).toMatchObject([{ restartCount: 1, ready: true }]);
    }, 60_000);
    await world.ready();
    await expectAllReadable(writers.acknowledged);
  });

  it('a deleted pod loses no acknowledged document and is replaced', async () => {
    const { metadata } = firstOf(await world.settled());
    const traffic = startTraffic(world, documents, 'deleted-pod');
    onTestFinished(async () => void (await traffic.stop()));
    await eventually(async () => expect(traffic.acknowledged.size).toBeGreaterThan(20), 20_000);
    await world.kubectl.run(['delete', 'pod', metadata.name, '-n', namespace, '--grace-period=0', '--force']);
    await world.ready();
    expect(uidsOf(await world.settled())).not.toContain(metadata.uid);
    await traffic.stop();
    await expectAllReadable(traffic.acknowledged);
  });

  it('a killed node costs readers nothing from 20 s after, and no acknowledged document', async () => {
    const { nodeName } = firstOf(await world.settled()).spec;
    const traffic = startTraffic(world, documents, 'node');
    onTestFinished(async () => void (await traffic.stop()));
    await eventually(async () => expect(traffic.acknowledged.size).toBeGreaterThan(20), 20_000);
    killedNode = nodeName;
    await world.control.killNode(nodeName);
    const killedAfterMs = traffic.elapsedMs();
    await eventually(async () => expect(traffic.elapsedMs()).toBeGreaterThan(killedAfterMs + 35_000), 60_000);
    await traffic.stop();
    await expectAllReadable(traffic.acknowledged);
    expect(traffic.readsSentAfter(killedAfterMs + 20_000)).toBeGreaterThan(50);
    expect(traffic.readFailures.filter(({ afterMs }) => afterMs > killedAfterMs + 20_000)).toEqual([]);

    await world.control.startNode(nodeName);
    killedNode = undefined;
    await world.ready();
    await expectAllReadable(traffic.acknowledged);
  });
});

// After a node was lost all pods are on the other one and do not move back by themselves: here they do.
describe('a rolling restart under requests', () => {
  const keptAlive = world.documents('kept-alive');
  const fresh = world.documents('new');
  beforeEach(async () => {
    await world.ready();
  });
  afterAll(async () => {
    await Promise.all([keptAlive.close(), fresh.close()]);
  });

  it('replaces every pod, spreads them over the nodes, and fails no request, on new and on kept-alive connections', async () => {
    const before = await world.settled();
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
    const after = await world.settled();
    const report = await loop.stop();
    expect(uidsOf(after).filter((uid) => uidsOf(before).includes(uid))).toEqual([]);
    expect(new Set(after.map(({ spec }) => spec.nodeName)).size).toBe(2);
    expect(report.failures).toEqual([]);
    expect(report.sent).toBeGreaterThan(500);
  });
});
