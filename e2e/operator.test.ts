import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from './test/eventually.ts';
import { isWrite } from '../local/audit-log.ts';
import { openAuditRecord } from '../local/audit-record.ts';
import { operatorLeads } from '../local/operator-leads.ts';
import { createWorld, firstOf, uidsOf, type Pod } from './test/world.ts';

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
  const restartsOf = (pod: Pod): number => pod.status.containerStatuses?.[0]?.restartCount ?? 0;
  const scaleOperator = (replicas: number): Promise<string> => {
    const deployment = ['deployment/docservice-operator', '-n', operatorNamespace];
    return world.kubectl.run(['scale', ...deployment, `--replicas=${replicas}`]);
  };
  /** Asks for a policy: a field of the Service alone, which changes without a new pod. */
  const askForPolicy = (externalTrafficPolicy: string): Promise<void> =>
    world.patch({ spec: { service: { externalTrafficPolicy } } });
  const policyOfChild = (): Promise<string> =>
    world.kubectl.run(['get', 'service', name, '-n', namespace, '-o', 'jsonpath={.spec.externalTrafficPolicy}']);
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
    const pod = firstOf(await operatorPods());
    await world.control.killPod(pod.metadata.uid);
    await eventually(async () => {
      const again = firstOf(await operatorPods());
      expect(again.status.containerStatuses).toMatchObject([{ ready: true }]);
      expect(restartsOf(again)).toBeGreaterThan(restartsOf(pod));
    }, 90_000);
    await eventually(async () => expect(await requestsSince(beforeKill)).toContain('list documentservices'), 30_000);
    await operatorLeads(world.kubectl);
    await record.quiet();
    expect(await writesSince(beforeKill)).toEqual([]);
  });

  it('gone, leaves the pods serving, and catches up when it is back', async () => {
    const id = world.freshId('operator-gone');
    onTestFinished(async () => {
      await scaleOperator(1);
      await askForPolicy('Cluster');
      await eventually(async () => expect(await policyOfChild()).toBe('Cluster'), 60_000);
      await world.ready();
    });
    await scaleOperator(0);
    await eventually(async () => expect(await operatorPods()).toEqual([]), 60_000);
    const before = await world.pods();
    await askForPolicy('Local');
    expect((await documents.put(id, 'without an operator')).status).toBe(201);
    expect((await documents.get(id)).body.toString()).toBe('without an operator');
    // Nobody was there to act on the edit; otherwise there would be nothing to catch up with.
    expect(await policyOfChild()).toBe('Cluster');

    await scaleOperator(1);
    await eventually(async () => expect(await policyOfChild()).toBe('Local'), 90_000);
    await world.ready();
    expect(uidsOf(await world.pods())).toEqual(uidsOf(before));
  });
});
