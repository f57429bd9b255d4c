import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './test/eventually.ts';
import { startRequestLoop, type LoopFailure } from './test/request-loop.ts';
import { createWorld } from './test/world.ts';

describe('what is lost when a machine or a process dies', () => {
  const world = createWorld();
  const documents = world.documents();
  beforeAll(async () => {
    await world.ready();
    await world.settled();
  });
  afterAll(() => documents.close());

  /** Writes fresh documents and reads acknowledged ones, remembering every acknowledged write. */
  const trafficOf = (topic: string) => {
    const acknowledged = new Map<string, string>();
    const readFailures: LoopFailure[] = [];
    const startedMs = performance.now();
    const loop = startRequestLoop({
      perSecond: 20,
      maxRequests: 4000,
      async send(index) {
        if (index % 2 === 0 || acknowledged.size === 0) {
          const id = world.freshId(`${topic}-${index}`);
          const stored = await documents.put(id, `content ${index}`).catch(() => undefined);
          if (stored?.status === 201) acknowledged.set(id, `content ${index}`);
          return;
        }
        const [id, content] = [...acknowledged][index % acknowledged.size] ?? ['', ''];
        const sentAfterMs = performance.now() - startedMs;
        const read = await documents
          .get(id)
          .catch((error: unknown) => ({ status: 0, body: Buffer.from(String(error)) }));
        if (read.status !== 200 || read.body.toString() !== content) {
          readFailures.push({ afterMs: sentAfterMs, what: `${read.status} ${read.body.toString()}` });
        }
      },
    });
    return { acknowledged, readFailures, elapsedMs: () => performance.now() - startedMs, stop: () => loop.stop() };
  };

  const expectAllReadable = async (acknowledged: ReadonlyMap<string, string>): Promise<void> => {
    expect(acknowledged.size).toBeGreaterThan(20);
    for (const [id, content] of acknowledged) {
      const read = await documents.get(id);
      expect({ id, status: read.status, content: read.body.toString() }).toEqual({ id, status: 200, content });
    }
  };

  it('a killed process loses no acknowledged document and is started again', async () => {
    const [victim] = await world.settled();
    const uid = victim?.metadata.uid ?? '';
    const traffic = trafficOf('pod');
    await eventually(async () => expect(traffic.acknowledged.size).toBeGreaterThan(20), 20_000);
    await world.control.killPod(uid);
    await eventually(async () => {
      const pod = (await world.pods()).find(({ metadata }) => metadata.uid === uid);
      expect(pod?.status.containerStatuses).toMatchObject([{ restartCount: 1, ready: true }]);
    }, 60_000);
    await world.ready();
    await traffic.stop();
    await expectAllReadable(traffic.acknowledged);
  });

  it('a deleted pod loses no acknowledged document and is replaced', async () => {
    const [victim] = await world.settled();
    const traffic = trafficOf('deleted-pod');
    await eventually(async () => expect(traffic.acknowledged.size).toBeGreaterThan(20), 20_000);
    const { namespace } = world.facts.sample;
    await world.kubectl.run([
      'delete',
      'pod',
      victim?.metadata.name ?? '',
      '-n',
      namespace,
      '--grace-period=0',
      '--force',
    ]);
    await world.ready();
    const pods = await world.settled();
    expect(pods.map(({ metadata }) => metadata.uid)).not.toContain(victim?.metadata.uid);
    await traffic.stop();
    await expectAllReadable(traffic.acknowledged);
  });

  it('a killed node costs readers nothing from 20 s after, and no acknowledged document', async () => {
    const pods = await world.settled();
    const victim = pods[0]?.spec.nodeName ?? '';
    const traffic = trafficOf('node');
    await eventually(async () => expect(traffic.acknowledged.size).toBeGreaterThan(20), 20_000);
    await world.control.killNode(victim);
    const killedAfterMs = traffic.elapsedMs();
    await eventually(async () => expect(traffic.elapsedMs()).toBeGreaterThan(killedAfterMs + 35_000), 60_000);
    await traffic.stop();
    await expectAllReadable(traffic.acknowledged);
    expect(traffic.readFailures.filter(({ afterMs }) => afterMs > killedAfterMs + 20_000)).toEqual([]);

    await world.control.startNode(victim);
    await world.ready();
    await expectAllReadable(traffic.acknowledged);
    // Pods do not move back by themselves; the next test finds them spread again.
    const { name, namespace } = world.facts.sample;
    await world.kubectl.run(['rollout', 'restart', `deployment/${name}`, '-n', namespace]);
    await world.kubectl.run(['rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=120s']);
    await world.settled();
  });
});
