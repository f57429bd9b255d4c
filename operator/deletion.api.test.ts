import { describe, expect, test } from 'vitest';
import { CHILD_TYPES } from './desired/child.ts';
import { DOCUMENT_SERVICES } from './document-service.ts';
import { apiWorld, deleteNamespace, type ApiWorld } from './test/api-world.ts';
import { manifest } from './test/manifests.ts';
import { startOperator } from './test/running-operator.ts';
import { until } from './test/until.ts';

describe('a resource that is deleted', { timeout: 90_000 }, () => {
  test('takes its children with it', async () => {
    const world = await apiWorld();
    await startOperator(world);
    await world.create(DOCUMENT_SERVICES, manifest('documents'));
    await world.reason('documents', 'RollingOut');
    await world.delete(DOCUMENT_SERVICES, 'documents');
    await allGone(world);
    expect(await children(world)).toEqual([]);
  });

  test('and comes again under its name gets children of its own, as soon as the old ones are gone', async () => {
    const world = await apiWorld();
    await startOperator(world);
    const first = await world.create(DOCUMENT_SERVICES, manifest('documents'));
    await world.reason('documents', 'RollingOut');
    await world.delete(DOCUMENT_SERVICES, 'documents');
    const second = await world.create(DOCUMENT_SERVICES, manifest('documents'));
    await world.reason('documents', 'RollingOut');
    expect(second.metadata.uid).not.toBe(first.metadata.uid);
    const owners = (await children(world)).flatMap(({ metadata }) => metadata.ownerReferences?.map(({ uid }) => uid));
    expect(owners).toEqual([1, 2, 3, 4].map(() => second.metadata.uid));
  });

  test('while its namespace is deleted leaves nothing and raises no error', async () => {
    const world = await apiWorld();
    const operator = await startOperator(world);
    await world.create(DOCUMENT_SERVICES, manifest('documents'));
    await world.reason('documents', 'RollingOut');
    await deleteNamespace(world.client, world.namespace);
    await allGone(world);
    expect((await operator.metrics.panics.get()).values.map(({ value }) => value)).toEqual([0]);
  });
});

/** The garbage collector learns of a new kind of owner within half a minute of its definition. */
async function allGone(world: ApiWorld): Promise<void> {
  await until('no child left', async () => (await children(world)).length === 0, { deadlineMs: 60_000 });
}

async function children(world: ApiWorld) {
  const lists = await Promise.all(Object.values(CHILD_TYPES).map((type) => world.list(type)));
  return lists.flat().filter(({ metadata }) => metadata.name.startsWith('documents'));
}
