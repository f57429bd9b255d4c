import type { Caches } from './caches.ts';
import type { ChildKeeper, KeptChild, Pass } from './child-keeper.ts';
import type { ChildWriter } from './child-writer.ts';
import type { ChildKind, DesiredChild } from './desired/child.ts';
import { desiredChildren } from './desired/children.ts';
import type { Observed } from './observed.ts';
import { outdatedConfigMaps } from './plan.ts';
import type { Refusals } from './refusals.ts';
import { ApiError } from './runtime/api-error.ts';
import type { Outcome, Reconcile } from './runtime/controller.ts';
import type { PendingWrites } from './runtime/pending-writes.ts';
import type { StatusWriter } from './status-writer.ts';
import { isNamespaceTerminating, type Trouble } from './trouble.ts';

/** What a pass works with. */
export interface ReconcilerParts {
  readonly caches: Caches;
  readonly keeper: ChildKeeper;
  readonly writer: ChildWriter;
  readonly status: StatusWriter;
  readonly refusals: Refusals;
  readonly pendingWrites: PendingWrites;
}

/** How long to wait for the watch to show the own last write, in case its event got lost. */
const CATCH_UP_MS = 5000;

/**
 * Makes the level-based pass over a resource: read it and its children from the caches, decide, write what differs, and say
 * in its status how it stands. What triggered the pass does not matter, and any pass may be the first.
 */
export function createReconcile(parts: ReconcilerParts): Reconcile {
  return async (key, { log }) => {
    const { caches, pendingWrites, refusals, status } = parts;
    const resource = caches.documentServices.get(key);
    if (!resource || resource.metadata.deletionTimestamp !== undefined) {
      // The children go by their owner references; nothing else has to go.
      for (const memory of [pendingWrites, refusals, status]) memory.forget(key);
      return { kind: 'done' };
    }
    if (pendingWrites.isBehind(key)) return { kind: 'requeueAfter', delayMs: CATCH_UP_MS };
    try {
      return await reconcile(parts, { key, resource, log });
    } catch (error) {
      if (error instanceof ApiError && isNamespaceTerminating(error)) return { kind: 'done' };
      throw error;
    }
  };
}

async function reconcile(parts: ReconcilerParts, pass: Pass): Promise<Outcome> {
  const desired = desiredChildren(pass.resource);
  const observed = await keepChildren(parts, pass, desired);
  const { ready, dueInMs } = await parts.status.write(pass, observed);
  if (ready) await deleteOutdated(parts, pass, desired);
  if (observed.trouble) return { kind: 'requeueAfter', delayMs: parts.refusals.retryAfterMs(pass.key) };
  return dueInMs === undefined ? { kind: 'done' } : { kind: 'requeueAfter', delayMs: dueInMs };
}

/** Keeps every child. The Deployment is left as it is while something that its pods need is in trouble. */
async function keepChildren(
  { keeper }: ReconcilerParts,
  pass: Pass,
  desired: readonly DesiredChild[],
): Promise<Observed> {
  const kept = new Map<ChildKind, KeptChild>();
  let trouble: Trouble | undefined;
  for (const child of desired) {
    const isHeldBack = trouble !== undefined && child.kind === 'Deployment';
    const result = isHeldBack ? keeper.leave(pass, child) : await keeper.keep(pass, child);
    kept.set(child.kind, result);
    trouble ??= result.trouble;
  }
  return { deployment: kept.get('Deployment')?.live, service: kept.get('Service')?.live, trouble };
}

/** Deletes the ConfigMaps that no pod can need any more. */
async function deleteOutdated(
  { caches, writer }: ReconcilerParts,
  pass: Pass,
  desired: readonly DesiredChild[],
): Promise<void> {
  const current = desired.find(({ kind }) => kind === 'ConfigMap')?.metadata.name ?? '';
  const owned = caches.children.ConfigMap.ownedBy(pass.resource.metadata.uid);
  for (const configMap of outdatedConfigMaps(owned, current)) await writer.delete('ConfigMap', configMap);
}
