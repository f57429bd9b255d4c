import { isDeepStrictEqual } from 'node:util';
import { conditionsOf, findCondition, type Verdict } from './conditions.ts';
import { selectorLabels } from './desired/names.ts';
import { DEFAULT_REPLICAS, type DocumentService, type DocumentServiceStatus } from './document-service.ts';
import type { Observed, ObservedDeployment } from './observed.ts';

/** The status that a resource should have, given its children. Pure: the same input gives the same status. */
export function nextStatus(resource: DocumentService, observed: Observed, now: Date): DocumentServiceStatus {
  const { metadata, spec, status } = resource;
  const generation = metadata.generation ?? 0;
  const { deployment, service } = observed;
  const nodePort = service?.spec?.ports?.[0]?.nodePort;
  return {
    observedGeneration: generation,
    conditions: [...conditionsOf(verdictOf(resource, observed), generation, status?.conditions ?? [], now)],
    replicas: deployment?.status?.replicas ?? 0,
    updatedReplicas: deployment?.status?.updatedReplicas ?? 0,
    readyReplicas: deployment?.status?.readyReplicas ?? 0,
    availableReplicas: deployment?.status?.availableReplicas ?? 0,
    selector: Object.entries(selectorLabels(resource))
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
    image: spec.image,
    ...(nodePort === undefined ? {} : { nodePort }),
    ...(spec.cache ? { cacheEndpoint: `${spec.cache.host}:${spec.cache.port}` } : {}),
  };
}

/** What there is to say about the resource: the first trouble that stands in the way, from the writes down to the pods. */
export function verdictOf(resource: DocumentService, { deployment, trouble }: Observed): Verdict {
  if (trouble) return { state: trouble.reason === 'WaitingForDeletion' ? 'reconciling' : 'stalled', ...trouble };
  const wanted = resource.spec.replicas ?? DEFAULT_REPLICAS;
  const refused = conditionOf(deployment, 'ReplicaFailure');
  if (refused?.status === 'True') {
    return {
      state: 'stalled',
      reason: 'PodsRefused',
      message: `Pods cannot be created: ${refused.message ?? 'no reason given'}`,
    };
  }
  const {
    observedGeneration = -1,
    replicas = 0,
    updatedReplicas = 0,
    availableReplicas = 0,
  } = deployment?.status ?? {};
  const current = deployment !== undefined && observedGeneration >= (deployment.metadata.generation ?? 0);
  const complete = updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted;
  // A touched annotation is a new generation of a Deployment; until its controller has looked, nothing new is known.
  if (complete && (current || isReady(resource))) return completeVerdict(wanted);
  const progressing = conditionOf(deployment, 'Progressing');
  if (current && progressing?.reason === 'ProgressDeadlineExceeded') {
    return {
      state: 'stalled',
      reason: 'RolloutStuck',
      message: `The new pods do not become available${availableReplicas > 0 ? '; those that are available serve on' : ', and no other pods serve'}. See kubectl describe pod`,
    };
  }
  const available = `${Math.min(current ? availableReplicas : 0, wanted)} of ${wanted} pods are available`;
  const wasComplete = current && updatedReplicas === wanted && progressing?.reason === 'NewReplicaSetAvailable';
  return wasComplete
    ? {
        state: 'reconciling',
        reason: 'PodsUnavailable',
        message: `Waiting for pods that are gone or not ready: ${available}`,
      }
    : { state: 'reconciling', reason: 'RollingOut', message: `Waiting for the Deployment: ${available}` };
}

function completeVerdict(wanted: number): Verdict {
  return wanted === 0
    ? { state: 'ready', reason: 'ScaledToZero', message: 'No pods are asked for, so nothing is served' }
    : { state: 'ready', reason: 'Available', message: 'All pods run the current template and are available' };
}

/** Whether the resource, as it is asked for now, has been found ready before. */
function isReady({ metadata, status }: DocumentService): boolean {
  return (
    status?.observedGeneration === metadata.generation && findCondition(status?.conditions, 'Ready')?.status === 'True'
  );
}

function conditionOf(deployment: ObservedDeployment | undefined, type: string) {
  return deployment?.status?.conditions?.find((condition) => condition.type === type);
}

/**
 * How much of a status is new: `transition` when something changed that people and programs wait for, `progress` when only
 * numbers of pods or words did, which may be written late and together.
 */
export function statusChange(
  before: DocumentServiceStatus | undefined,
  after: DocumentServiceStatus,
): 'none' | 'progress' | 'transition' {
  if (isDeepStrictEqual(before, after)) return 'none';
  return isDeepStrictEqual(essence(before), essence(after)) ? 'progress' : 'transition';
}

function essence(status: DocumentServiceStatus | undefined): unknown {
  return {
    observedGeneration: status?.observedGeneration,
    conditions: status?.conditions?.map(({ type, status, reason }) => ({ type, status, reason })),
    selector: status?.selector,
    nodePort: status?.nodePort,
    image: status?.image,
    cacheEndpoint: status?.cacheEndpoint,
  };
}
