import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './test/eventually.ts';
import { retagImage } from './test/image.ts';
import { createWorld } from './test/world.ts';

interface Deployment {
  readonly metadata: { readonly generation: number; readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly replicas: number };
}
interface ConfigMap {
  readonly metadata: { readonly name: string; readonly creationTimestamp: string };
  readonly data: Readonly<Record<string, string>>;
}
interface Service {
  readonly spec: { readonly ports: readonly { readonly nodePort: number }[]; readonly type: string };
}

describe('an admin edits', () => {
  const world = createWorld();
  const { name, namespace, image } = world.facts.sample;
  const documents = world.documents();
  const deployment = () => world.kubectl.get<Deployment>(['deployment', name, '-n', namespace]);
  beforeAll(async () => {
    await world.ready();
    await world.settled();
  });
  afterAll(() => documents.close());

  it('the number of replicas, and as many pods are there; the scale subresource does the same', async () => {
    await world.patch({ spec: { replicas: 3 } });
    await world.ready(3);
    await world.kubectl.run(['scale', 'documentservice', name, '-n', namespace, '--replicas=2']);
    await world.ready(2);
    expect((await deployment()).spec.replicas).toBe(2);
    await world.settled();
  });

  it('the configuration, and new pods run with it', async () => {
    const before = await world.settled();
    await world.patch({ spec: { logLevel: 'debug', cache: { ttlSeconds: 77 } } });
    await world.ready();
    const after = await world.settled();
    expect(
      after.map(({ metadata }) => metadata.uid).filter((uid) => before.some((pod) => pod.metadata.uid === uid)),
    ).toEqual([]);
    const configMaps = await world.kubectl.get<{ items: readonly ConfigMap[] }>([
      'configmaps',
      '-n',
      namespace,
      '-l',
      `app.kubernetes.io/instance=${name}`,
    ]);
    expect(configMaps.items.map(({ data }) => data['CACHE_TTL_SECONDS'])).toContain('77');
  });

  it('the image, and pods of the new image take over while documents stay readable', async () => {
    const id = world.freshId('image');
    await documents.put(id, 'kept');
    const retagged = await retagImage(world.facts.serviceImageArchive, `${image}-again`);
    await world.control.loadImage(retagged.archivePath);
    await retagged.remove();
    await world.patch({ spec: { image: `${image}-again` } });
    await world.ready();
    const pods = await world.settled();
    expect(pods.map(({ spec }) => spec.containers[0]?.image)).toEqual([`${image}-again`, `${image}-again`]);
    expect((await documents.get(id)).body.toString()).toBe('kept');
  });

  it('the image to one that is not there: the old pods go on serving and the status says why it is not Ready', async () => {
    const id = world.freshId('bad-image');
    await documents.put(id, 'served');
    await world.patch({ spec: { image: 'localhost/document-service:not-there', imagePullPolicy: 'Never' } });
    await eventually(async () => {
      const text = await world.kubectl.run([
        'get',
        'documentservice',
        name,
        '-n',
        namespace,
        '-o',
        'jsonpath={.status.conditions}',
      ]);
      expect(text).toMatch(/"type":"Reconciling"/);
      expect(text).toMatch(
        /"status":"False","type":"Ready"|"type":"Ready"[^}]*"status":"False"|"status":"False"[^}]*"type":"Ready"/,
      );
    }, 60_000);
    expect((await documents.get(id)).body.toString()).toBe('served');
    await world.patch({ spec: { image, imagePullPolicy: 'IfNotPresent' } });
    await world.ready();
    await world.settled();
  });

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
  ])('a $kind by hand, and the operator repairs it', async ({ kind, patch, repaired }) => {
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

  it('a resource wrongly, and the API server says which field and what to write', async () => {
    const refusal = (patch: object) => world.patch(patch).then(() => 'accepted', String);
    expect(await refusal({ spec: { service: { nodePort: 80 } } })).toMatch(/nodePort/);
    expect(await refusal({ spec: { api: { auth: { mode: 'open' } } } })).toMatch(/spec\.api\.auth\.mode/);
  });
});
