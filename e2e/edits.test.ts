import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from './test/eventually.ts';
import { retagImage } from './test/image.ts';
import { startRequestLoop } from './test/request-loop.ts';
import { createWorld, uidsOf, type DocumentServiceObject } from './test/world.ts';

interface Deployment {
  readonly spec: { readonly replicas: number };
}
interface ConfigMap {
  readonly data: Readonly<Record<string, string>>;
}
interface Service {
  readonly spec: { readonly ports: readonly { readonly nodePort: number }[]; readonly type: string };
}

const world = createWorld();
const { name, namespace, image } = world.facts.sample;

describe('an admin edits', () => {
  const documents = world.documents();
  const fresh = world.documents('new');
  beforeAll(async () => {
    await world.ready();
    await world.settled();
  });
  afterAll(() => Promise.all([documents.close(), fresh.close()]));

  it('the number of replicas, and as many pods are there; the scale subresource does the same', async () => {
    await world.patch({ spec: { replicas: 3 } });
    await world.ready(3);
    await world.kubectl.run(['scale', 'documentservice', name, '-n', namespace, '--replicas=2']);
    await world.ready(2);
    const { spec } = await world.kubectl.get<Deployment>(['deployment', name, '-n', namespace]);
    expect(spec.replicas).toBe(2);
  });

  it('the configuration and the image, and new pods with both take over while documents stay readable', async () => {
    const before = await world.settled();
    const id = world.freshId('rollout');
    expect((await documents.put(id, 'kept')).status).toBe(201);
    const retagged = await retagImage(world.facts.serviceImageArchive, `${image}-again`);
    onTestFinished(() => retagged.remove());
    await world.control.loadImage(retagged.archivePath);

    const reads = startRequestLoop({
      perSecond: 20,
      maxRequests: 4000,
      async send(index) {
        const read = await (index % 2 === 0 ? documents : fresh).get(id);
        if (read.body.toString() !== 'kept') throw new Error(`${read.status} ${read.body.toString()}`);
      },
    });
    await world.patch({ spec: { image: `${image}-again`, logLevel: 'debug', cache: { ttlSeconds: 77 } } });
    await world.ready();
    const after = await world.settled();
    expect((await reads.stop()).failures).toEqual([]);
    expect(reads.sent()).toBeGreaterThan(60);

    expect(uidsOf(after).filter((uid) => uidsOf(before).includes(uid))).toEqual([]);
    for (const pod of after) {
      const [container] = pod.spec.containers;
      expect(container?.image).toBe(`${image}-again`);
      // What the container was started with, not what lies beside it.
      const source = container?.envFrom?.[0]?.configMapRef?.name ?? 'none';
      const { data } = await world.kubectl.get<ConfigMap>(['configmap', source, '-n', namespace]);
      expect(data).toMatchObject({ CACHE_TTL_SECONDS: '77', LOG_LEVEL: 'debug' });
    }
  });

  it('the image to one that is not there: the old pods go on serving and the status says that it is not Ready', async () => {
    const before = await world.settled();
    const good = before[0]?.spec.containers[0]?.image;
    const id = world.freshId('bad-image');
    await documents.put(id, 'served');
    onTestFinished(async () => {
      await world.patch({ spec: { image: good, imagePullPolicy: 'IfNotPresent' } });
      await world.ready();
    });
    await world.patch({ spec: { image: 'localhost/document-service:not-there', imagePullPolicy: 'Never' } });
    await eventually(async () => {
      const pods = await world.pods();
      const states = pods.map(({ metadata, status }) => ({
        isOld: before.some((pod) => pod.metadata.uid === metadata.uid),
        ready: status.containerStatuses?.[0]?.ready,
        waiting: status.containerStatuses?.[0]?.state.waiting?.reason,
      }));
      expect(states.filter(({ isOld }) => isOld)).toEqual(before.map(() => ({ isOld: true, ready: true })));
      expect(states.filter(({ isOld }) => !isOld)).toMatchObject([{ ready: false, waiting: 'ErrImageNeverPull' }]);
    }, 60_000);
    await eventually(async () => {
      const { metadata, status } = await world.kubectl.get<DocumentServiceObject>([
        'documentservice',
        name,
        '-n',
        namespace,
      ]);
      const conditions = new Map(status?.conditions?.map((condition) => [condition.type, condition]));
      const { generation: observedGeneration } = metadata;
      const said = { reason: 'RollingOut', message: expect.stringContaining('2 of 2 pods are available') as string };
      expect(conditions.get('Ready')).toMatchObject({ status: 'False', observedGeneration, ...said });
      expect(conditions.get('Reconciling')).toMatchObject({ status: 'True', observedGeneration, ...said });
    }, 60_000);
    for (let read = 0; read < 10; read++) expect((await fresh.get(id)).body.toString()).toBe('served');
    expect(uidsOf(await world.pods())).toEqual(expect.arrayContaining([...uidsOf(before)]));
  });

  it('a resource wrongly, and the API server says which field and what to write', async () => {
    const refusal = (patch: object) => world.patch(patch).then(() => 'accepted', String);
    // In the words of the server: the command itself, which the error holds too, has no dots in its JSON.
    expect(await refusal({ spec: { service: { nodePort: 80 } } })).toMatch(/spec\.service\.nodePort: .*30000/);
    expect(await refusal({ spec: { api: { auth: { mode: 'open' } } } })).toMatch(
      /spec\.api\.auth\.mode: .*supported values: "none"/,
    );
  });
});

describe('somebody changes by hand', () => {
  const documents = world.documents();
  beforeAll(async () => {
    await world.ready();
    await world.settled();
  });
  afterAll(() => documents.close());

  it.each([
    {
      kind: 'deployment',
      patch: { spec: { replicas: 5 } },
      repaired: (text: string) => !text.includes('"replicas":5'),
    },
    {
      kind: 'service',
      patch: { spec: { selector: { 'app.kubernetes.io/instance': 'nobody' } } },
      repaired: (text: string) => !text.includes('nobody'),
    },
    {
      kind: 'serviceaccount',
      patch: { metadata: { labels: { 'app.kubernetes.io/managed-by': 'somebody' } } },
      repaired: (text: string) => !text.includes('somebody'),
    },
  ])('a $kind, and the operator repairs it', async ({ kind, patch, repaired }) => {
    await world.kubectl.run(['patch', kind, name, '-n', namespace, '--type=merge', '-p', JSON.stringify(patch)]);
    await eventually(async () => {
      const child = await world.kubectl.get<{ metadata: object; spec?: object }>([kind, name, '-n', namespace]);
      expect(
        repaired(
          JSON.stringify({ labels: child.metadata, spec: child.spec }).replaceAll(/"managedFields":\[.*?\]/g, ''),
        ),
      ).toBe(true);
    }, 20_000);
    await world.ready();
  });

  it('a child away, and the operator makes it again with the same NodePort', async () => {
    await world.kubectl.run(['delete', 'service', name, '-n', namespace]);
    await eventually(async () => {
      const service = await world.kubectl.get<Service>(['service', name, '-n', namespace]);
      expect(service.spec.type).toBe('NodePort');
      expect(service.spec.ports[0]?.nodePort).toBe(world.facts.sample.nodePort);
    }, 20_000);
    await eventually(async () => expect((await documents.page('/readyz')).status).toBe(200), 20_000);
  });
});
