import type { DesiredChild } from './desired/child.ts';
import { MANAGER } from './desired/names.ts';
import type { DocumentService } from './document-service.ts';
import type { ObservedDeployment, ObservedService } from './observed.ts';
import { ObjectCache } from './runtime/object-cache.ts';
import type { KubeObject } from './runtime/kube-object.ts';

/** Everything that the operator watches, as it last saw it. */
export interface Caches {
  readonly documentServices: ObjectCache<DocumentService>;
  readonly children: {
    readonly ServiceAccount: ObjectCache<KubeObject>;
    readonly ConfigMap: ObjectCache<KubeObject>;
    readonly Deployment: ObjectCache<ObservedDeployment>;
    readonly Service: ObjectCache<ObservedService>;
  };
}

export function createCaches(): Caches {
  return {
    documentServices: new ObjectCache(),
    children: {
      ServiceAccount: new ObjectCache(),
      ConfigMap: new ObjectCache(),
      Deployment: new ObjectCache(),
      Service: new ObjectCache(),
    },
  };
}

/** The child of this kind and name, if it is there. */
export function liveChild(caches: Caches, { kind, metadata }: DesiredChild): KubeObject | undefined {
  return caches.children[kind].get(`${metadata.namespace}/${metadata.name}`);
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * What is kept of an object in the cache: all but the bookkeeping of field owners and of kubectl, which is often more than
 * half of it. Only whether the operator's create has been handed over to server-side apply is kept of it (see child-writer.ts).
 */
export function project<T extends KubeObject>(object: T): T {
  const { managedFields, annotations, ...metadata } = object.metadata;
  const created = managedFields?.some(isOwnCreate) ?? false;
  const kept = Object.entries(annotations ?? {}).filter(([name]) => name !== LAST_APPLIED);
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}),
      ...(created ? { managedFields: [{ manager: MANAGER, operation: 'Update' }] } : {}),
    },
  };
}

/** Whether an entry stands for what the operator wrote when it created the object. */
export function isOwnCreate(entry: NonNullable<KubeObject['metadata']['managedFields']>[number]): boolean {
  return entry.manager === MANAGER && entry.operation === 'Update' && !entry.subresource;
}
