import type { DocumentServiceSpec as Spec, DocumentServiceStatus as Status } from './document-service.generated.ts';
import type { KubeObject, ResourceType } from './runtime/kube-object.ts';

/** The resource as the API server serves it: checked and with the defaults of crds/documentservices.yaml filled in. */
export interface DocumentService extends KubeObject {
  readonly spec: DocumentServiceSpec;
  readonly status?: DocumentServiceStatus;
}

export type DocumentServiceSpec = Spec;
export type DocumentServiceStatus = Status;
export type Condition = NonNullable<Status['conditions']>[number];

export const DOCUMENT_SERVICES = {
  apiVersion: 'docservice.dev/v1',
  kind: 'DocumentService',
  plural: 'documentservices',
} as const satisfies ResourceType;

/** Pods where the resource does not say how many. No default of the schema, so that an autoscaler can own the number. */
export const DEFAULT_REPLICAS = 2;
