import type { DesiredChild } from './desired/child.ts';
import { DOCUMENT_SERVICES } from './document-service.ts';
import type { ApiError } from './runtime/api-error.ts';
import type { KubeObject } from './runtime/kube-object.ts';

/** Why a resource cannot become what it asks for, in the closed set of reasons that conditions know. */
export interface Trouble {
  readonly reason: 'NameTaken' | 'NodePortTaken' | 'ChildRefused' | 'WaitingForDeletion';
  readonly message: string;
}

/** The name of a child belongs to another object. */
export function nameTaken(child: DesiredChild, live: KubeObject): Trouble {
  const what = `${child.kind} ${child.metadata.name}`;
  const predecessor = live.metadata.ownerReferences?.some(({ kind }) => kind === DOCUMENT_SERVICES.kind);
  if (predecessor) {
    return {
      reason: 'WaitingForDeletion',
      message: `The ${what} belongs to a DocumentService that was deleted; waiting until it is deleted too`,
    };
  }
  return {
    reason: 'NameTaken',
    message: `A ${what} exists that does not belong to this DocumentService and is left alone: delete it, or give this DocumentService another name`,
  };
}

/**
 * What the API server's refusal of a child means for the resource; undefined where it means nothing for good, so that trying again is all
 * there is to do.
 */
export function refusal(child: DesiredChild, error: ApiError): Trouble | undefined {
  if (error.kind !== 'invalid' && error.kind !== 'forbidden') return undefined;
  const message = `${child.kind} ${child.metadata.name} was refused: ${error.message}`;
  const causes = error.status?.details?.causes ?? [];
  const aboutNodePort = causes.some(({ field }) => field?.endsWith('nodePort'));
  return { reason: aboutNodePort && child.kind === 'Service' ? 'NodePortTaken' : 'ChildRefused', message };
}

/** Whether a refusal only says that the whole namespace is going away, and the resource with it. */
export function isNamespaceTerminating(error: ApiError): boolean {
  return error.status?.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false;
}
