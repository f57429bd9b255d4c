import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './test/eventually.ts';
import { isWrite } from '../local/audit-log.ts';
import { openAuditRecord } from '../local/audit-record.ts';
import { operatorLeads } from '../local/operator-leads.ts';
import { createWorld, type Pod } from './test/world.ts';

const operatorNamespace = 'docservice-system';

describe('the operator', () => {
  const world = createWorld();
  const { name, namespace } = world.facts.sample;
  const documents = world.documents();
  beforeAll(async () => {
    await world.ready();
    await world.settled();
  });
  afterAll(() => documents.close());

  const record = openAuditRecord(world.facts.auditLogPath);
  const operatorPods = async (): Promise<readonly Pod[]> =>
    (await world.kubectl.get<{ items: readonly Pod[] }>(['pods', '-n', operatorNamespace])).items;
  const restartsOf = (pod: Pod | undefined): number => pod?.status.containerStatuses?.[0]?.restartCount ?? 0;
  const requestsSince = async (position: number): Promise<readonly string[]> =>
    (await record.since(position)).map(({ verb, resource }) => `${verb} ${resource}`);
  const writesSince = async (position: number): Promise<readonly string[]> =>
    (await record.since(position))
      .filter(isWrite)
      .map((request) => `${request.verb} ${request.resource} ${request.name}`);

  it('killed and restarted, writes nothing for a resource that is as it should be', async () => {
    // The record has to be shown to see writes at all, or an empty list would prove nothing.
    const beforeEdit = await record.position();
    await world.kubectl.run([
      'label',
      'service',
      name,
      '-n',
      namespace,
      'app.kubernetes.io/managed-by=somebody',
      '--overwrite',
    ]);
    await eventually(async () => expect(await writesSince(beforeEdit)).toContain(`patch services ${name}`), 20_000);
    await world.ready();
    await record.quiet();

    const beforeKill = await record.position();
    const [pod] = await operatorPods();
    await world.control.killPod(pod?.metadata.uid ?? '');
    await eventually(async () => {
      const [again] = await operatorPods();
      expect(again?.status.containerStatuses).toMatchObject([{ ready: true }]);
      expect(again?.status.containerStatuses?.[0]?.restartCount).toBeGreaterThan(restartsOf(pod));
    }, 90_000);
    await eventually(async () => expect(await requestsSince(beforeKill)).toContain('list documentservices'), 30_000);
    await operatorLeads(world.kubectl);
    await record.quiet();
    expect(await writesSince(beforeKill)).toEqual([]);
  });

  it('gone, leaves the pods serving, and catches up when it is back', async () => {
    const id = world.freshId('operator-gone');
    await world.kubectl.run(['scale', 'deployment/docservice-operator', '-n', operatorNamespace, '--replicas=0']);
    await world.patch({ spec: { replicas: 3 } });
    expect((await documents.put(id, 'without an operator')).status).toBe(201);
    expect((await documents.get(id)).status).toBe(200);
    await world.kubectl.run(['scale', 'deployment/docservice-operator', '-n', operatorNamespace, '--replicas=1']);
    await world.ready(3);
    await world.patch({ spec: { replicas: 2 } });
    await world.ready();
    await world.settled();
  });
});
