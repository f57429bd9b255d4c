import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './test/eventually.ts';
import { auditedRequests, isWrite } from '../local/audit-log.ts';
import { createWorld } from './test/world.ts';

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

  /** What the operator wrote since the given length of the audit log; its Lease speaks of itself, not of resources. */
  const writesSince = async (length: number): Promise<readonly string[]> => {
    const log = (await readFile(world.facts.auditLogPath)).subarray(length).toString();
    return auditedRequests(log)
      .filter((request) => isWrite(request) && request.resource !== 'leases')
      .map(({ verb, resource, name: object }) => `${verb} ${resource} ${object}`);
  };
  const logLength = async (): Promise<number> => (await readFile(world.facts.auditLogPath)).length;

  it('killed and restarted, writes nothing for a resource that is as it should be', async () => {
    // The record has to be shown to see writes at all, or an empty list would prove nothing.
    const beforeEdit = await logLength();
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
    await quiet();

    const beforeKill = await logLength();
    const [pod] = (await world.kubectl.run(['get', 'pods', '-n', operatorNamespace, '-o', 'name'])).trim().split('\n');
    await world.kubectl.run(['delete', '-n', operatorNamespace, pod ?? '', '--grace-period=0', '--force']);
    await world.kubectl.run([
      'rollout',
      'status',
      'deployment/docservice-operator',
      '-n',
      operatorNamespace,
      '--timeout=90s',
    ]);
    await eventually(async () => {
      const names = await world.kubectl.run(['get', 'pods', '-n', operatorNamespace, '-o', 'name']);
      expect(names.trim().split('\n')).toHaveLength(1);
      expect(names).not.toContain(pod);
    }, 60_000);
    await quiet();
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

  /** Resolves when the operator's record has not grown for five seconds: only then is "nothing was written" a finding. */
  const quiet = (): Promise<void> =>
    eventually(async () => {
      const before = await logLength();
      await delay(5000);
      expect(await logLength()).toBe(before);
    }, 90_000);
});
