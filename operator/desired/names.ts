import type { DocumentService } from '../document-service.ts';
import { DOCUMENT_SERVICES } from '../document-service.ts';
import type { OwnerReference } from '../runtime/kube-object.ts';

/** Name under which the operator writes: its mark on the children and its field manager. */
export const MANAGER = 'docservice-operator';

const INSTANCE_LABEL = 'app.kubernetes.io/instance';

/** Finds everything that the operator has made, in any namespace. */
export const MANAGED_SELECTOR = `app.kubernetes.io/managed-by=${MANAGER}`;

/**
 * Labels that a resource's pods are found by. They must never change: the selector of a Deployment is immutable, and a
 * Service with another selector would drop the pods that serve.
 */
export function selectorLabels(resource: DocumentService): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': 'document-service', [INSTANCE_LABEL]: resource.metadata.name };
}

/** The recommended labels of every child (https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/). */
export function recommendedLabels(resource: DocumentService): Readonly<Record<string, string>> {
  return {
    ...selectorLabels(resource),
    'app.kubernetes.io/managed-by': MANAGER,
    'app.kubernetes.io/part-of': 'document-service',
  };
}

/** What makes the garbage collector delete a child with its resource, and what tells whose child it is. */
export function ownerReference(resource: DocumentService): OwnerReference {
  return {
    apiVersion: DOCUMENT_SERVICES.apiVersion,
    kind: DOCUMENT_SERVICES.kind,
    name: resource.metadata.name,
    uid: resource.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The resource that an object made by the operator belongs to, by its label; undefined where it has none. */
export function instanceOf(labels: Readonly<Record<string, string>> | undefined): string | undefined {
  return labels?.[INSTANCE_LABEL];
}
