import type { DocumentService } from '../document-service.ts';
import type { ResourceType } from '../runtime/kube-object.ts';
import { ownerReference, recommendedLabels } from './names.ts';

/** The kinds of object that the operator makes. */
export const CHILD_TYPES = {
  ServiceAccount: { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts' },
  ConfigMap: { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' },
  Deployment: { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' },
  Service: { apiVersion: 'v1', kind: 'Service', plural: 'services' },
} as const satisfies Readonly<Record<string, ResourceType>>;

export type ChildKind = keyof typeof CHILD_TYPES;

/** An object as the operator wants it: exactly the fields that it owns, and nothing that the API server adds. */
export interface DesiredChild {
  readonly apiVersion: string;
  readonly kind: ChildKind;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences: readonly object[];
  };
  /** spec, data and the like. */
  readonly [field: string]: unknown;
}

/** The head of a child: kind, name, labels and owner, the same for all. */
export function childHead(
  resource: DocumentService,
  kind: ChildKind,
  options: { readonly name?: string; readonly annotations?: Readonly<Record<string, string>> } = {},
): DesiredChild {
  const { name, namespace = 'default' } = resource.metadata;
  return {
    apiVersion: CHILD_TYPES[kind].apiVersion,
    kind,
    metadata: {
      name: options.name ?? name,
      namespace,
      labels: recommendedLabels(resource),
      ...(options.annotations ? { annotations: options.annotations } : {}),
      ownerReferences: [ownerReference(resource)],
    },
  };
}
