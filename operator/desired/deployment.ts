import { DEFAULT_REPLICAS, type DocumentService } from '../document-service.ts';
import { childHead, type DesiredChild } from './child.ts';
import { API_PORT, METRICS_PORT } from './config-map.ts';
import { recommendedLabels, selectorLabels } from './names.ts';

/** A user without rights that no image defines: nobody's number in distroless images. */
const NON_ROOT_ID = 65_532;
/** What closing takes after the drain and the longest request. */
const SHUTDOWN_MARGIN_SECONDS = 5;

/**
 * The pods. A rollout never takes away a pod before another is ready, and a pod that goes serves on until nobody sends
 * it anything new: the kubelet waits `drainSeconds` (endpoints and target groups let go), then tells it to stop, upon which it
 * drains kept connections for `drainSeconds` more and finishes what is under way.
 */
export function desiredDeployment(resource: DocumentService, configMapName: string): DesiredChild {
  const { spec } = resource;
  return {
    ...childHead(resource, 'Deployment'),
    spec: {
      replicas: spec.replicas ?? DEFAULT_REPLICAS,
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 300,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: selectorLabels(resource) },
      template: {
        metadata: {
          labels: { ...spec.podLabels, ...recommendedLabels(resource) },
          annotations: { 'kubectl.kubernetes.io/default-container': 'document-service', ...spec.podAnnotations },
        },
        spec: podSpec(resource, configMapName),
      },
    },
  };
}

function podSpec(resource: DocumentService, configMapName: string): object {
  const { spec } = resource;
  return {
    serviceAccountName: resource.metadata.name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 2 * spec.drainSeconds + spec.api.requestTimeoutSeconds + SHUTDOWN_MARGIN_SECONDS,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: NON_ROOT_ID,
      runAsGroup: NON_ROOT_ID,
      // EKS mounts the token of the role with this group.
      fsGroup: NON_ROOT_ID,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: spec.topologySpreadConstraints ?? defaultSpread(resource),
    ...given({
      imagePullSecrets: spec.imagePullSecrets,
      nodeSelector: spec.nodeSelector,
      tolerations: spec.tolerations,
      affinity: spec.affinity,
      priorityClassName: spec.priorityClassName,
    }),
    containers: [container(resource, configMapName)],
  };
}

function container(resource: DocumentService, configMapName: string): object {
  const { spec } = resource;
  return {
    name: 'document-service',
    image: spec.image,
    imagePullPolicy: spec.imagePullPolicy,
    envFrom: [{ configMapRef: { name: configMapName } }],
    ...given({ env: spec.env }),
    ports: [
      { name: 'http', containerPort: API_PORT, protocol: 'TCP' },
      { name: 'metrics', containerPort: METRICS_PORT, protocol: 'TCP' },
    ],
    // Patient: neither probe looks at a dependency, so a slow answer means a busy node, on which taking pods away makes it worse.
    startupProbe: {
      httpGet: { path: '/livez', port: 'http' },
      periodSeconds: 1,
      timeoutSeconds: 5,
      failureThreshold: 120,
    },
    readinessProbe: {
      httpGet: { path: '/readyz', port: 'http' },
      periodSeconds: 2,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    livenessProbe: {
      httpGet: { path: '/livez', port: 'http' },
      periodSeconds: 10,
      timeoutSeconds: 10,
      failureThreshold: 6,
    },
    lifecycle: { preStop: { sleep: { seconds: spec.drainSeconds } } },
    resources: spec.resources,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}

/** Over nodes and zones as far as possible, counting the pods of one template only, so that a rollout does not skew it. */
function defaultSpread(resource: DocumentService): readonly object[] {
  return ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorLabels(resource) },
    matchLabelKeys: ['pod-template-hash'],
  }));
}

/** Leaves out what is not given: a field that is not written is not owned. */
function given(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
