import { waitFor } from './host/waiting.ts';
import type { Kubectl } from './kubectl.ts';

const operator = ['-n', 'docservice-system'];

/**
 * Resolves when there is exactly one pod of the operator and that one leads: before, an operator that writes nothing
 * proves nothing. Rejects after two minutes; a lease that a killed holder could not give back runs out after 15 s.
 */
export async function operatorLeads(kubectl: Kubectl): Promise<void> {
  let seen = '';
  await waitFor(
    async () => {
      const pods = (await kubectl.run(['get', 'pods', ...operator, '-o', 'name'])).trim().split('\n');
      const holder = await kubectl.run([
        'get',
        'lease',
        'docservice-operator',
        ...operator,
        '-o',
        'jsonpath={.spec.holderIdentity}',
      ]);
      seen = `pods ${pods.join(', ')}, holder ${holder}`;
      return pods.length === 1 && pods[0] === `pod/${holder}`;
    },
    { deadlineMs: 120_000, everyMs: 500 },
    () => `the only pod of the operator leads (${seen})`,
  );
}
