import type { KubeObject } from './runtime/kube-object.ts';
import type { Trouble } from './trouble.ts';

/** What is read of a Deployment. */
export interface ObservedDeployment extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly spec: { readonly containers: readonly ObservedContainer[] } };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

interface ObservedContainer {
  readonly envFrom?: readonly { readonly configMapRef?: { readonly name?: string } }[];
}

/** What is read of a Service. */
export interface ObservedService extends KubeObject {
  readonly spec?: { readonly ports?: readonly { readonly nodePort?: number }[] };
}

/** The children as they are after the writes of a pass, and what stood in the way of those writes. */
export interface Observed {
  readonly deployment: ObservedDeployment | undefined;
  readonly service: ObservedService | undefined;
  readonly trouble: Trouble | undefined;
}
