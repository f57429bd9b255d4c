import { isOwnCreate } from './caches.ts';
import { CHILD_TYPES, type DesiredChild } from './desired/child.ts';
import { MANAGER } from './desired/names.ts';
import { ApiError } from './runtime/api-error.ts';
import type { ApiClient } from './runtime/api-client.ts';
import { collectionPath, objectPath, type KubeObject } from './runtime/kube-object.ts';

/** Writes children. Every method makes the requests that its comment names, and throws an `ApiError` as it comes. */
export class ChildWriter {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /**
   * One POST. Unknown fields are refused (fieldValidation=Strict), not dropped: what was passed on from the resource as it is
   * would otherwise never settle.
   */
  create(child: DesiredChild): Promise<KubeObject> {
    return this.#client.request<KubeObject>({
      method: 'POST',
      path: collectionPath(CHILD_TYPES[child.kind], child.metadata.namespace),
      query: { fieldManager: MANAGER, fieldValidation: 'Strict' },
      body: child,
    });
  }

  /** One GET; undefined where there is no such object. */
  async read(child: DesiredChild): Promise<KubeObject | undefined> {
    try {
      return await this.#client.request<KubeObject>({ method: 'GET', path: pathOf(child) });
    } catch (error) {
      if (error instanceof ApiError && error.kind === 'notFound') return undefined;
      throw error;
    }
  }

  /** One PATCH by server-side apply; before the first one of an object, a GET and a PATCH that hand its create over. */
  async apply(child: DesiredChild, live: KubeObject): Promise<KubeObject> {
    if (live.metadata.managedFields?.some(isOwnCreate)) await this.#handOver(child);
    return this.#client.request<KubeObject>({
      method: 'PATCH',
      path: pathOf(child),
      query: { fieldManager: MANAGER, force: true, fieldValidation: 'Strict' },
      contentType: 'application/apply-patch+yaml',
      // The uid makes it a conflict, and not a create, where the object has gone and come again meanwhile.
      body: { ...child, metadata: { ...child.metadata, uid: live.metadata.uid } },
    });
  }

  /** One DELETE of exactly this object; that it is gone already is as good. */
  async delete(kind: DesiredChild['kind'], live: KubeObject): Promise<void> {
    const { namespace = 'default', name, uid } = live.metadata;
    try {
      await this.#client.request({
        method: 'DELETE',
        path: objectPath(CHILD_TYPES[kind], namespace, name),
        body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } },
      });
    } catch (error) {
      if (!(error instanceof ApiError) || (error.kind !== 'notFound' && error.kind !== 'conflict')) throw error;
    }
  }

  /**
   * Turns the ownership of fields that came from the create into that of server-side apply: only then does a field that
   * is no longer applied go away. The same as client-go's csaupgrade package.
   */
  async #handOver(child: DesiredChild): Promise<void> {
    const live = await this.read(child);
    const entries = live?.metadata.managedFields ?? [];
    if (!live || !entries.some(isOwnCreate)) return;
    const applied = entries.some(({ manager, operation }) => manager === MANAGER && operation === 'Apply');
    const handedOver = applied
      ? entries.filter((entry) => !isOwnCreate(entry))
      : entries.map((entry) => (isOwnCreate(entry) ? { ...entry, operation: 'Apply' } : entry));
    await this.#client.request({
      method: 'PATCH',
      path: pathOf(child),
      query: { fieldManager: MANAGER },
      contentType: 'application/json-patch+json',
      body: [
        { op: 'replace', path: '/metadata/managedFields', value: handedOver },
        { op: 'replace', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
      ],
    });
  }
}

function pathOf({ kind, metadata }: DesiredChild): string {
  return objectPath(CHILD_TYPES[kind], metadata.namespace, metadata.name);
}
