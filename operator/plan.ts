import type { DesiredChild } from './desired/child.ts';
import { contentHash } from './desired/content-hash.ts';
import { ownedDifferences, type Difference } from './owned-fields.ts';
import type { KubeObject } from './runtime/kube-object.ts';

/** Annotation of a child with the hash of what the operator last wanted it to be. */
export const APPLIED_HASH = 'docservice.dev/applied-hash';

/** What to do about one child. */
export type ChildAction =
  /** It is not there. The first write is a create, so that nothing foreign of the same name is seized. */
  | { readonly type: 'create'; readonly child: DesiredChild }
  /** It is ours and not as it should be. `drift` when somebody else changed it since the operator wrote the same. */
  | {
      readonly type: 'apply';
      readonly child: DesiredChild;
      readonly live: KubeObject;
      readonly differences: readonly Difference[];
      readonly drift: boolean;
    }
  | { readonly type: 'keep'; readonly child: DesiredChild; readonly live: KubeObject }
  /** Another object has its name. */
  | { readonly type: 'nameTaken'; readonly child: DesiredChild; readonly live: KubeObject };

/**
 * Decides about one child. Pure.
 *
 *     live           owner  hash   fields  action
 *     -------------  -----  -----  ------  ---------------
 *     none           -      -      -       create
 *     there          other  -      -       nameTaken
 *     there          ours   other  -       apply
 *     there          ours   same   differ  apply (drift)
 *     there          ours   same   same    keep
 *
 * @param child as `withHash` makes it
 * @param ownerUid uid of the resource: an object without it among its owners is not ours
 */
export function planChild(child: DesiredChild, live: KubeObject | undefined, ownerUid: string): ChildAction {
  if (!live) return { type: 'create', child };
  if (!live.metadata.ownerReferences?.some(({ uid }) => uid === ownerUid)) return { type: 'nameTaken', child, live };
  const differences = ownedDifferences(child, { apiVersion: child.apiVersion, kind: child.kind, ...live });
  if (differences.length === 0) return { type: 'keep', child, live };
  const drift = live.metadata.annotations?.[APPLIED_HASH] === child.metadata.annotations?.[APPLIED_HASH];
  return { type: 'apply', child, live, differences, drift };
}

/** Marks a child with the hash of itself. */
export function withHash(child: DesiredChild): DesiredChild {
  const annotations = { ...child.metadata.annotations, [APPLIED_HASH]: contentHash(child) };
  return { ...child, metadata: { ...child.metadata, annotations } };
}

/**
 * The ConfigMaps that no pod can need any more: all but the one in use and the latest before it, once a rollout is over.
 * @param configMaps all ConfigMaps of the resource
 */
export function outdatedConfigMaps(configMaps: readonly KubeObject[], current: string): readonly KubeObject[] {
  return configMaps
    .filter(({ metadata }) => metadata.name !== current && metadata.deletionTimestamp === undefined)
    .toSorted((a, b) => newestFirst(a, b))
    .slice(1);
}

function newestFirst(a: KubeObject, b: KubeObject): number {
  const byTime = (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '');
  return byTime === 0 ? a.metadata.name.localeCompare(b.metadata.name) : byTime;
}
