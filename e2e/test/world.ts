import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import type { ClusterNode } from '../../local/cluster/cluster.ts';
import { createKubectl, type Kubectl } from '../../local/kubectl.ts';
import type { SampleSettings } from '../../local/sample.ts';
import { connectControl, type Control } from './control.ts';
import { createDocuments, type Connections, type Documents } from './documents.ts';
import { eventually } from './eventually.ts';

/** What the set-up tells the tests about the running system; plain data, since it crosses a process boundary. */
export interface SystemFacts {
  readonly kubeconfigPath: string;
  readonly kubectlPath: string;
  readonly controlUrl: string;
  /** The load balancer. */
  readonly url: string;
  readonly nodes: readonly ClusterNode[];
  readonly sample: SampleSettings;
  readonly serviceImageArchive: string;
  /** The API server's record of what the operator asked of it, one JSON object a line. */
  readonly auditLogPath: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    system: SystemFacts;
  }
}

/** A condition of a resource's status. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
}

/** The part of a DocumentService that tests look at. */
export interface DocumentServiceObject {
  readonly metadata: { readonly name: string; readonly uid: string; readonly generation: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly readyReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** The part of a pod that tests look at. */
export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName: string; readonly containers: readonly Container[] };
  readonly status: { readonly containerStatuses?: readonly ContainerStatus[] };
}

interface Container {
  readonly image: string;
  readonly envFrom?: readonly { readonly configMapRef?: { readonly name: string } }[];
}

interface ContainerStatus {
  readonly restartCount: number;
  readonly ready: boolean;
  readonly state: { readonly waiting?: { readonly reason: string } };
}

/** The first of the pods; fails the test when there is none, before it does anything to the wrong one. */
export function firstOf(pods: readonly Pod[]): Pod {
  const [pod] = pods;
  if (pod === undefined) throw new Error('there is no pod');
  return pod;
}

/** The uids of pods, sorted. */
export const uidsOf = (pods: readonly Pod[]): readonly string[] => pods.map(({ metadata }) => metadata.uid).toSorted();

/** Everything a test needs of the running system. */
export interface World {
  readonly facts: SystemFacts;
  readonly kubectl: Kubectl;
  readonly control: Control;
  /** A client through the load balancer. */
  documents(connections?: Connections): Documents;
  /** A document id that no other test uses. */
  freshId(topic: string): string;
  /** Resolves when the named resource is Ready for its newest generation with this many pods. */
  ready(replicas?: number, name?: string): Promise<DocumentServiceObject>;
  /** The pods of a resource, terminating ones too. */
  pods(name?: string): Promise<readonly Pod[]>;
  /** Resolves when the sample has exactly this many pods, all terminating ones gone. */
  settled(replicas?: number): Promise<readonly Pod[]>;
  /** Changes the sample resource by a merge patch (RFC 7396). */
  patch(patch: object): Promise<void>;
}

/** The system that the set-up brought up. */
export function createWorld(): World {
  const facts = inject('system');
  const kubectl = createKubectl(facts.kubectlPath, facts.kubeconfigPath);
  const { name: sampleName, namespace } = facts.sample;
  const pods = async (name = sampleName): Promise<readonly Pod[]> => {
    const selector = `app.kubernetes.io/instance=${name}`;
    return (await kubectl.get<{ items: readonly Pod[] }>(['pods', '-n', namespace, '-l', selector])).items;
  };
  return {
    facts,
    kubectl,
    control: connectControl(facts.controlUrl),
    documents: (connections) => createDocuments(facts.url, connections),
    freshId: (topic) => `e2e/${topic}/${randomUUID()}`,
    ready: (replicas = 2, name = sampleName) =>
      eventually(async () => {
        const resource = await kubectl.get<DocumentServiceObject>(['documentservice', name, '-n', namespace]);
        assertReady(resource, replicas);
        return resource;
      }, 120_000),
    pods,
    settled: (replicas = 2) =>
      eventually(async () => {
        const found = await pods();
        if (found.length !== replicas) throw new Error(`${found.length} pods instead of ${replicas}`);
        return found;
      }, 120_000),
    async patch(patch) {
      await kubectl.run([
        'patch',
        'documentservice',
        sampleName,
        '-n',
        namespace,
        '--type=merge',
        '-p',
        JSON.stringify(patch),
      ]);
    },
  };
}

function assertReady({ metadata, status }: DocumentServiceObject, replicas: number): void {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const isCurrent =
    status?.observedGeneration === metadata.generation && ready?.observedGeneration === metadata.generation;
  if (!isCurrent || ready?.status !== 'True' || status?.readyReplicas !== replicas) {
    throw new Error(`${metadata.name} is not Ready with ${replicas} pods: ${JSON.stringify(status)}`);
  }
}
