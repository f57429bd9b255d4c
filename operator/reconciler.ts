import { liveChild, project, type Caches } from './caches.ts';
import type { ChildWriter } from './child-writer.ts';
import { findCondition } from './conditions.ts';
import { childRestored, driftRepaired } from './drift.ts';
import type { DesiredChild } from './desired/child.ts';
import { desiredChildren } from './desired/children.ts';
import type { DocumentService } from './document-service.ts';
import type { Observed } from './observed.ts';
import { outdatedConfigMaps, planChild, withHash, type ChildAction } from './plan.ts';
import { ApiError } from './runtime/api-error.ts';
import type { Outcome, PassContext, Reconcile } from './runtime/controller.ts';
import type { RecordedEvent } from './runtime/event-recorder.ts';
import type { KubeObject } from './runtime/kube-object.ts';
import type { PendingWrites } from './runtime/pending-writes.ts';
import type { StatusWriter } from './status-writer.ts';
import { isNamespaceTerminating, nameTaken, refusal, type Trouble } from './trouble.ts';

/** What a pass works with. */
export interface ReconcilerParts {
  readonly caches: Caches;
  readonly children: ChildWriter;
  readonly status: StatusWriter;
  readonly pendingWrites: PendingWrites;
  readonly recordEvent: (resource: DocumentService, event: RecordedEvent) => Promise<void>;
}

/** How long to wait for the watch to show the own last write, in case its event got lost. */
const CATCH_UP_MS = 5000;
/** How often a resource is tried again that something stands in the way of which nobody tells us when it goes. */
const STALLED_RETRY_MS = 60_000;

/**
 * One level-based pass over a resource: read it and its children from the caches, decide, write what differs, and say in its status
 * how it stands. What triggered the pass does not matter, and any pass may be the first.
 */
export class DocumentServiceReconciler {
  readonly #parts: ReconcilerParts;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
  }

  readonly reconcile: Reconcile = async (key, context) => {
    const { caches, pendingWrites, status } = this.#parts;
    const resource = caches.documentServices.get(key);
    if (!resource || resource.metadata.deletionTimestamp !== undefined) {
      // The children go by their owner references; nothing else has to go.
      pendingWrites.forget(key);
      status.forget(key);
      return { kind: 'done' };
    }
    if (pendingWrites.isBehind(key)) return { kind: 'requeueAfter', delayMs: CATCH_UP_MS };
    try {
      return await this.#pass(key, resource, context);
    } catch (error) {
      if (error instanceof ApiError && isNamespaceTerminating(error)) return { kind: 'done' };
      throw error;
    }
  };

  async #pass(key: string, resource: DocumentService, context: PassContext): Promise<Outcome> {
    const observed = await this.#writeChildren(key, resource, context);
    const written = await this.#parts.status.write(key, resource, observed, context.log);
    if (written.ready) await this.#deleteOutdated(resource);
    if (observed.trouble) return { kind: 'requeueAfter', delayMs: STALLED_RETRY_MS };
    return written.dueInMs === undefined ? { kind: 'done' } : { kind: 'requeueAfter', delayMs: written.dueInMs };
  }

  /** Brings every child to what it should be; a child that is refused keeps back the Deployment, which needs all others. */
  async #writeChildren(key: string, resource: DocumentService, context: PassContext): Promise<Observed> {
    const live = new Map<string, KubeObject>();
    let trouble: Trouble | undefined;
    for (const desired of desiredChildren(resource)) {
      if (trouble && desired.kind === 'Deployment') continue;
      const action = planChild(withHash(desired), liveChild(this.#parts.caches, desired), resource.metadata.uid);
      const result = await this.#perform(key, resource, action, context);
      if ('live' in result) live.set(desired.kind, result.live);
      else trouble ??= result.trouble;
    }
    const { children } = this.#parts.caches;
    return {
      deployment: live.get('Deployment') ?? children.Deployment.get(key),
      service: live.get('Service'),
      trouble,
    };
  }

  async #perform(
    key: string,
    resource: DocumentService,
    action: ChildAction,
    context: PassContext,
  ): Promise<{ readonly live: KubeObject } | { readonly trouble: Trouble }> {
    const { child } = action;
    try {
      switch (action.type) {
        case 'keep':
          return { live: action.live };
        case 'nameTaken':
          return { trouble: nameTaken(child, action.live) };
        case 'create': {
          const live = this.#written(key, child, 'created', context, await this.#parts.children.create(child));
          if (hadConverged(resource)) await this.#parts.recordEvent(resource, childRestored(child));
          return { live };
        }
        case 'apply': {
          const live = this.#written(
            key,
            child,
            'applied',
            context,
            await this.#parts.children.apply(child, action.live),
          );
          if (action.drift) await this.#parts.recordEvent(resource, driftRepaired(action));
          return { live };
        }
        default: {
          const impossible: never = action;
          throw new Error(`unknown action ${String(impossible)}`);
        }
      }
    } catch (error) {
      if (!(error instanceof ApiError) || isNamespaceTerminating(error)) throw error;
      if (error.kind === 'alreadyExists' && action.type === 'create')
        return this.#resolveName(key, resource, child, context);
      const trouble = refusal(child, error);
      if (!trouble) throw error;
      context.log.warn({ child: child.kind, name: child.metadata.name, err: error }, 'a child was refused');
      return { trouble };
    }
  }

  /** A create met an object of its name that the cache does not have: it is read, once, to learn whose it is. */
  async #resolveName(
    key: string,
    resource: DocumentService,
    child: DesiredChild,
    context: PassContext,
  ): Promise<{ readonly live: KubeObject } | { readonly trouble: Trouble }> {
    const found = await this.#parts.children.read(child);
    if (!found)
      throw new ApiError('conflict', `${child.kind} ${child.metadata.name} went away between create and read`);
    const action = planChild(child, project(found), resource.metadata.uid);
    if (action.type === 'create') throw new Error('an object that is there is never created');
    return this.#perform(key, resource, action, context);
  }

  #written(key: string, child: DesiredChild, verb: string, { log }: PassContext, written: KubeObject): KubeObject {
    this.#parts.pendingWrites.note(key, this.#parts.caches.children[child.kind], written);
    log.info({ child: child.kind, name: child.metadata.name }, verb);
    return project(written);
  }

  async #deleteOutdated(resource: DocumentService): Promise<void> {
    const { caches, children } = this.#parts;
    const current = desiredChildren(resource).find(({ kind }) => kind === 'ConfigMap');
    if (!current) return;
    const owned = caches.children.ConfigMap.ownedBy(resource.metadata.uid);
    for (const configMap of outdatedConfigMaps(owned, current.metadata.name))
      await children.delete('ConfigMap', configMap);
  }
}

/** Whether every child of this generation has been there before, so that one which is missing must have been deleted. */
function hadConverged({ metadata, status }: DocumentService): boolean {
  const reason = findCondition(status?.conditions, 'Ready')?.reason;
  const stalled = findCondition(status?.conditions, 'Stalled') !== undefined;
  return status?.observedGeneration === metadata.generation && !stalled && reason !== 'WaitingForDeletion';
}
