import { project, type Caches } from './caches.ts';
import { CHILD_TYPES, type ChildKind } from './desired/child.ts';
import { instanceOf, MANAGED_SELECTOR } from './desired/names.ts';
import { DOCUMENT_SERVICES } from './document-service.ts';
import type { ApiClient } from './runtime/api-client.ts';
import type { Clock } from './runtime/clock.ts';
import type { KubeObject, ResourceType } from './runtime/kube-object.ts';
import type { Log } from './runtime/log.ts';
import { Reflector, type CacheChange } from './runtime/reflector.ts';

export interface WatchParts {
  readonly client: ApiClient;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/** The kinds of object that the operator watches: the resources first, then their children. */
export const WATCHED_TYPES: readonly ResourceType[] = [DOCUMENT_SERVICES, ...Object.values(CHILD_TYPES)];

/**
 * Makes the reflector that keeps the cache of a watched kind. Of the children's kinds it sees those that the operator made.
 * @throws Error for a kind that is not watched
 */
export function createReflector(
  parts: WatchParts,
  plural: string,
  namespace: string | undefined,
  onChange: (change: CacheChange<KubeObject>) => void,
): Reflector<KubeObject> {
  const type = WATCHED_TYPES.find((watched) => watched.plural === plural);
  if (!type) throw new Error(`no cache is kept for ${plural}`);
  const isChild = type.kind !== DOCUMENT_SERVICES.kind;
  return new Reflector<KubeObject>({
    client: parts.client,
    type,
    ...(namespace === undefined ? {} : { namespace }),
    ...(isChild ? { labelSelector: MANAGED_SELECTOR } : {}),
    project,
    // Each cache holds the kind that its path serves; a reflector only passes objects through.
    cache: isChild ? parts.caches.children[type.kind as ChildKind] : parts.caches.documentServices,
    onChange,
    clock: parts.clock,
    random: parts.random,
    log: parts.log,
  });
}

/** The keys of the resources that a change of an object concerns: itself, or its owner. */
export function keysFor(plural: string, object: KubeObject): readonly string[] {
  const { name, namespace = 'default', labels, ownerReferences } = object.metadata;
  if (plural === DOCUMENT_SERVICES.plural) return [`${namespace}/${name}`];
  const owner = ownerReferences?.find(({ kind, controller }) => kind === DOCUMENT_SERVICES.kind && controller)?.name;
  // The label alone speaks where the owner is not ours: its deletion frees the name that a resource waits for.
  const names = new Set([owner, instanceOf(labels)].filter((candidate) => candidate !== undefined));
  return [...names].map((owner) => `${namespace}/${owner}`);
}
