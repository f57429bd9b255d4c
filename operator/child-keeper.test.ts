import { expect, test } from 'vitest';
import { createCaches } from './caches.ts';
import { ChildKeeper } from './child-keeper.ts';
import { ChildWriter } from './child-writer.ts';
import { desiredChildren } from './desired/children.ts';
import { desiredDeployment } from './desired/deployment.ts';
import { Refusals } from './refusals.ts';
import type { ApiClient, ApiRequest } from './runtime/api-client.ts';
import type { KubeObject } from './runtime/kube-object.ts';
import { PendingWrites } from './runtime/pending-writes.ts';
import { nextStatus } from './status.ts';
import { documentService } from './test/builders.ts';
import { FakeClock } from './test/fake-clock.ts';
import { silentLog } from './test/silent-log.ts';

const converged = documentService(
  {},
  {
    status: nextStatus(
      documentService(),
      { deployment: undefined, service: undefined, trouble: undefined },
      new Date(),
    ),
  },
);

/** Takes every write as it comes. */
const client: ApiClient = {
  async request<T>({ body }: ApiRequest): Promise<T> {
    const child = body as KubeObject;
    return { ...child, metadata: { ...child.metadata, uid: 'u', resourceVersion: '1' } } as T;
  },
  watch: () => Promise.reject(new Error('nobody watches here')),
};

/** The Events of keeping the ConfigMap of a resource that had converged, where the Deployment names this one. */
async function eventsOfMissingConfigMap(named: string | undefined): Promise<readonly string[]> {
  const caches = createCaches();
  if (named !== undefined) {
    const deployment = desiredDeployment(converged, named);
    caches.children.Deployment.put({ ...deployment, metadata: { ...deployment.metadata, uid: 'd' } } as never);
  }
  const notes: string[] = [];
  const keeper = new ChildKeeper({
    caches,
    writer: new ChildWriter(client),
    refusals: new Refusals(new FakeClock()),
    pendingWrites: new PendingWrites(),
    recordEvent: async (_resource, { note }) => void notes.push(note),
  });
  await keeper.keep({ key: 'default/documents', resource: converged, log: silentLog }, configMap);
  return notes;
}

const configMap = configMapOf();
function configMapOf() {
  const found = desiredChildren(converged).find(({ kind }) => kind === 'ConfigMap');
  if (!found) throw new Error('the resource has no ConfigMap');
  return found;
}

test('a ConfigMap that is missing while the Deployment names it was deleted by somebody', async () => {
  expect(await eventsOfMissingConfigMap(configMap.metadata.name)).toEqual([
    `ConfigMap ${configMap.metadata.name} had been deleted by somebody else and is created again`,
  ]);
});

test.each([
  { reason: 'an older operator gave the ConfigMap another content, and so another name', named: 'documents-older' },
  { reason: 'the Deployment is missing too, so that nobody knows', named: undefined },
])('a ConfigMap that is new says nothing of a deletion: $reason', async ({ named }) => {
  expect(await eventsOfMissingConfigMap(named)).toEqual([]);
});
