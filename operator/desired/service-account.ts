import type { DocumentService } from '../document-service.ts';
import { childHead, type DesiredChild } from './child.ts';

/** The identity of the pods. With a role it is the one that the role's trust policy names (IRSA). */
export function desiredServiceAccount(resource: DocumentService): DesiredChild {
  const { roleArn } = resource.spec.aws;
  return {
    ...childHead(resource, 'ServiceAccount', roleArn ? { annotations: { 'eks.amazonaws.com/role-arn': roleArn } } : {}),
    // The service never talks to the Kubernetes API; the token for AWS is a volume of its own that EKS adds.
    automountServiceAccountToken: false,
  };
}
