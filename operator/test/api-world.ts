import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { inject, onTestFinished } from 'vitest';
import { CHILD_TYPES, type ChildKind } from '../desired/child.ts';
import { DOCUMENT_SERVICES, type DocumentService } from '../document-service.ts';
import { ApiError } from '../runtime/api-error.ts';
import { HttpApiClient, type ApiClient, type ApiRequest } from '../runtime/api-client.ts';
import { collectionPath, objectPath, type KubeObject, type ResourceType } from '../runtime/kube-object.ts';
import { SharedKubeConfig } from '../runtime/shared-kube-config.ts';
import { until } from './until.ts';

/** An object of any kind, with whatever fields it has. */
export interface AnyObject extends KubeObject {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A namespace of a real API server, and an admin in it. Made for one test, deleted after it. */
export class ApiWorld {
  readonly client: ApiClient;
  readonly namespace: string;

  constructor(client: ApiClient, namespace: string) {
    this.client = client;
    this.namespace = namespace;
  }

  /** Creates an object in the namespace. */
  create(type: ResourceType, object: object): Promise<AnyObject> {
    const body = { apiVersion: type.apiVersion, kind: type.kind, ...object };
    return this.client.request<AnyObject>({ method: 'POST', path: collectionPath(type, this.namespace), body });
  }

  /** The object of this name; undefined where there is none. */
  async get(type: ResourceType, name: string): Promise<AnyObject | undefined> {
    try {
      return await this.client.request<AnyObject>({ method: 'GET', path: objectPath(type, this.namespace, name) });
    } catch (error) {
      if (error instanceof ApiError && error.kind === 'notFound') return undefined;
      throw error;
    }
  }

  async list(type: ResourceType): Promise<readonly AnyObject[]> {
    const path = collectionPath(type, this.namespace);
    return (await this.client.request<{ readonly items: readonly AnyObject[] }>({ method: 'GET', path })).items;
  }

  /** Merges fields into an object, as somebody who is not the operator. */
  patch(
    type: ResourceType,
    name: string,
    body: object,
    more: Partial<ApiRequest> & { readonly subresource?: string } = {},
  ) {
    const { subresource, ...request } = more;
    return this.client.request<AnyObject>({
      method: 'PATCH',
      path: objectPath(type, this.namespace, name, subresource),
      query: { fieldManager: 'somebody' },
      contentType: 'application/merge-patch+json',
      body,
      ...request,
    });
  }

  async delete(type: ResourceType, name: string): Promise<void> {
    await this.client.request({ method: 'DELETE', path: objectPath(type, this.namespace, name) });
  }

  /** Waits until an object is there and passes. */
  object(type: ResourceType, name: string, passes: (object: AnyObject) => boolean = () => true): Promise<AnyObject> {
    return until(`${type.kind} ${name} as expected`, async () => {
      const found = await this.get(type, name);
      return found && passes(found) ? found : undefined;
    });
  }

  child(kind: ChildKind, name: string, passes?: (object: AnyObject) => boolean): Promise<AnyObject> {
    return this.object(CHILD_TYPES[kind], name, passes);
  }

  /** Waits until the resource's Ready condition gives this reason, for its current generation. */
  async reason(name: string, reason: string): Promise<DocumentService> {
    const found = await this.object(DOCUMENT_SERVICES, name, (object) => {
      const { metadata, status } = object as unknown as DocumentService;
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      return ready?.reason === reason && status?.observedGeneration === metadata.generation;
    });
    return found as unknown as DocumentService;
  }

  /** Says of the pods of a Deployment what a kubelet would make true: they run and are available. */
  async rollOut(name: string): Promise<void> {
    await until(`Deployment ${name} rolled out`, async () => {
      const deployment = await this.child('Deployment', name);
      const pods = await this.list({ apiVersion: 'v1', kind: 'Pod', plural: 'pods' });
      const unready = pods.filter(({ metadata, status }) => !metadata.deletionTimestamp && !status?.['startTime']);
      for (const { metadata } of unready) await this.#makeReady(metadata.name);
      const { replicas, updatedReplicas, availableReplicas, observedGeneration } = deployment.status ?? {};
      const wanted = deployment.spec?.['replicas'];
      return (
        observedGeneration === deployment.metadata.generation &&
        [replicas ?? 0, updatedReplicas ?? 0, availableReplicas ?? 0].every((count) => count === wanted)
      );
    });
  }

  async #makeReady(pod: string): Promise<void> {
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: now });
    await this.patch(
      { apiVersion: 'v1', kind: 'Pod', plural: 'pods' },
      pod,
      {
        status: { phase: 'Running', startTime: now, conditions: [condition('Ready'), condition('ContainersReady')] },
      },
      { subresource: 'status' },
    ).catch((error: unknown) => {
      // The pod may be gone by now; the next look finds those that are there.
      if (!(error instanceof ApiError && error.kind === 'notFound')) throw error;
    });
  }
}

/** Connects to the API server of the test run as its admin. */
export function adminConfig(): SharedKubeConfig {
  const kubeConfig = new SharedKubeConfig(8);
  kubeConfig.loadFromFile(inject('apiServer').kubeconfigPath);
  return kubeConfig;
}

/** Pods that do not pass the strictest Pod Security Standard are refused in every namespace of the tests. */
const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' };

let installed: Promise<void> | undefined;

/** Teaches the API server the resource, once for each file of tests. */
async function install(client: ApiClient): Promise<void> {
  await applyFile(client, 'crds/documentservices.yaml');
  await until('the API server serves the resource', () => isServed(client));
}

/** Makes a namespace for the test that runs, on an API server that knows the resource. */
export async function apiWorld(): Promise<ApiWorld> {
  const kubeConfig = adminConfig();
  const client = new HttpApiClient(kubeConfig, { observeRequest: () => undefined }, 'test/1');
  await (installed ??= install(client));
  const namespace = `test-${randomBytes(5).toString('hex')}`;
  await client.request({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { metadata: { name: namespace, labels: RESTRICTED } },
  });
  onTestFinished(async () => {
    await deleteNamespace(client, namespace);
    await kubeConfig.close();
  });
  return new ApiWorld(client, namespace);
}

/** Deletes a namespace, unless the test has done so itself. */
export async function deleteNamespace(client: ApiClient, namespace: string): Promise<void> {
  try {
    await client.request({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
  } catch (error) {
    // Being deleted already is a conflict; gone is not found.
    if (!(error instanceof ApiError && (error.kind === 'notFound' || error.kind === 'conflict'))) throw error;
  }
}

async function isServed(client: ApiClient): Promise<boolean> {
  try {
    await client.request({ method: 'GET', path: collectionPath(DOCUMENT_SERVICES), query: { limit: 1 } });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'notFound') return false;
    throw error;
  }
}

/** Applies a file of one cluster-wide object, as `kubectl apply --server-side` does. */
async function applyFile(client: ApiClient, path: string): Promise<void> {
  await client.request({
    method: 'PATCH',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/documentservices.docservice.dev',
    query: { fieldManager: 'test', force: true },
    contentType: 'application/apply-patch+yaml',
    body: load(await readFile(join(import.meta.dirname, '../..', path), 'utf8')),
  });
}
