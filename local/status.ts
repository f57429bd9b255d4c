import type { Folders } from './folders.ts';
import { readSystemRecord } from './system-record.ts';
import { createKubectl } from './kubectl.ts';

/**
 * `npm run status`: the nodes, the resources and what the service says of itself, of a system that was started before.
 * Says so when there is none. Rejects when there is one that does not answer.
 */
export async function showStatus(name: string, folders: Folders, print: (line: string) => void): Promise<void> {
  const record = await readSystemRecord(folders, name);
  if (record === undefined) {
    print(`no system named ${name} is running; npm start makes one`);
    return;
  }
  if (record.url === undefined) {
    print(`the system named ${name} is coming up, or its start was cut off; npm stop removes what is there`);
    return;
  }
  const kubectl = createKubectl(record.kubectlPath, record.kubeconfigPath);
  const show = async (...what: readonly string[]): Promise<void> => {
    print(await kubectl.run(['get', ...what, '-o', 'wide', '--request-timeout=10s']));
  };
  await show('nodes');
  await show('documentservices', '--all-namespaces');
  const health = await fetch(`${record.url}/health`, { signal: AbortSignal.timeout(10_000) });
  print(`${record.url}/health: ${health.status} ${await health.text()}`);
  print(`export KUBECONFIG=${record.kubeconfigPath}`);
}
