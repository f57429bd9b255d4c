import { liveChild, project, type Caches } from './caches.ts';
import type { ChildWriter } from './child-writer.ts';
import { findCondition } from './conditions.ts';
import type { DesiredChild } from './desired/child.ts';
import type { DocumentService } from './document-service.ts';
import { childRestored, driftRepaired } from './drift.ts';
import type { ObservedDeployment } from './observed.ts';
import { planChild, withHash, type ChildAction } from './plan.ts';
import type { Refusals } from './refusals.ts';
import { ApiError } from './runtime/api-error.ts';
import type { RecordedEvent } from './runtime/event-recorder.ts';
import type { KubeObject } from './runtime/kube-object.ts';
import type { Log } from './runtime/log.ts';
import type { PendingWrites } from './runtime/pending-writes.ts';
import { isNamespaceTerminating, nameTaken, refusal, type Trouble } from './trouble.ts';

/** One pass over one resource. */
export interface Pass {
  readonly key: string;
  readonly resource: DocumentService;
  readonly log: Log;
}

/** How a child stands after its turn: as it is now, if it is there and ours, and what keeps it from what it should be. */
export interface KeptChild {
  readonly live?: KubeObject | undefined;
  readonly trouble?: Trouble;
}

export interface ChildKeeperParts {
  readonly caches: Caches;
  readonly writer: ChildWriter;
  readonly refusals: Refusals;
  readonly pendingWrites: PendingWrites;
  readonly recordEvent: (resource: DocumentService, event: RecordedEvent) => Promise<void>;
}

/** Brings one child at a time to what it should be, with no more requests than that takes. */
export class ChildKeeper {
  readonly #parts: ChildKeeperParts;

  constructor(parts: ChildKeeperParts) {
    this.#parts = parts;
  }

  /**
   * Writes the child where it differs.
   * @throws ApiError where trying again may help
   */
  async keep(pass: Pass, desired: DesiredChild): Promise<KeptChild> {
    const { caches, refusals } = this.#parts;
    const child = withHash(desired);
    const action = planChild(child, liveChild(caches, child), pass.resource.metadata.uid);
    const trouble = action.type === 'keep' ? undefined : refusals.current(pass.key, child);
    return trouble ? { live: ownLive(action), trouble } : this.#perform(pass, action);
  }

  /** The child as the cache has it, if it is ours; nothing is written. */
  leave(pass: Pass, desired: DesiredChild): KeptChild {
    return { live: ownLive(planChild(desired, liveChild(this.#parts.caches, desired), pass.resource.metadata.uid)) };
  }

  async #perform(pass: Pass, action: ChildAction): Promise<KeptChild> {
    try {
      switch (action.type) {
        case 'keep':
          return { live: action.live };
        case 'nameTaken':
          return { trouble: nameTaken(action.child, action.live) };
        case 'create':
          return { live: await this.#create(pass, action.child) };
        case 'apply':
          return { live: await this.#apply(pass, action) };
        default: {
          const impossible: never = action;
          throw new Error(`unknown action ${String(impossible)}`);
        }
      }
    } catch (error) {
      if (!(error instanceof ApiError) || isNamespaceTerminating(error)) throw error;
      if (error.kind === 'alreadyExists') return this.#resolveName(pass, action.child, error);
      const trouble = refusal(action.child, error);
      // The API server gives out the node port before it looks at the name: the Service may be ours and hold the port itself.
      if (trouble?.reason === 'NodePortTaken' && action.type === 'create') {
        return this.#resolveName(pass, action.child, error);
      }
      return this.#refused(pass, action, error);
    }
  }

  #refused(pass: Pass, action: ChildAction, error: ApiError): KeptChild {
    const trouble = refusal(action.child, error);
    if (!trouble) throw error;
    pass.log.warn({ ...nameOf(action.child), err: error }, 'a child was refused');
    this.#parts.refusals.note(pass.key, action.child, trouble);
    return { live: ownLive(action), trouble };
  }

  async #create(pass: Pass, child: DesiredChild): Promise<KubeObject> {
    const created = await this.#parts.writer.create(child);
    if (hadConverged(pass.resource) && this.#wasThere(pass, child))
      await this.#parts.recordEvent(pass.resource, childRestored(child));
    return this.#written(pass, child, created, 'created');
  }

  /**
   * Whether a child of this name must have been there once all children were. A ConfigMap is named after its content, which an
   * upgrade of the operator may change: only one that the live Deployment names was there before.
   */
  #wasThere({ key }: Pass, { kind, metadata }: DesiredChild): boolean {
    return kind !== 'ConfigMap' || isNamedBy(this.#parts.caches.children.Deployment.get(key), metadata.name);
  }

  async #apply(pass: Pass, action: Extract<ChildAction, { readonly type: 'apply' }>): Promise<KubeObject> {
    const applied = await this.#parts.writer.apply(action.child, action.live);
    if (action.drift) await this.#parts.recordEvent(pass.resource, driftRepaired(action));
    return this.#written(pass, action.child, applied, 'applied');
  }

  #written({ key, log }: Pass, child: DesiredChild, written: KubeObject, verb: string): KubeObject {
    this.#parts.refusals.clear(key, child);
    this.#parts.pendingWrites.note(key, this.#parts.caches.children[child.kind], written);
    log.info(nameOf(child), verb);
    return project(written);
  }

  /**
   * A create met, or may have met, an object of its name that the cache does not have: it is read, once, to learn whose it is.
   * `error` is what the create was refused with; it stands where nothing has the name.
   */
  async #resolveName(pass: Pass, child: DesiredChild, error: ApiError): Promise<KeptChild> {
    const found = await this.#parts.writer.read(child);
    const action = planChild(child, found && project(found), pass.resource.metadata.uid);
    if (action.type === 'create') return this.#refused(pass, action, error);
    const kept = await this.#perform(pass, action);
    if (kept.trouble?.reason === 'NameTaken') this.#parts.refusals.note(pass.key, child, kept.trouble);
    return kept;
  }
}

function ownLive(action: ChildAction): KubeObject | undefined {
  return action.type === 'keep' || action.type === 'apply' ? action.live : undefined;
}

/** Whether the pods of a Deployment take their environment from this ConfigMap. */
function isNamedBy(deployment: ObservedDeployment | undefined, configMap: string): boolean {
  const containers = deployment?.spec?.template?.spec.containers ?? [];
  return containers.some(({ envFrom }) => envFrom?.some(({ configMapRef }) => configMapRef?.name === configMap));
}

function nameOf({ kind, metadata }: DesiredChild): { readonly child: string; readonly name: string } {
  return { child: kind, name: metadata.name };
}

/** Whether every child of this generation has been there before, so that one which is missing must have been deleted. */
function hadConverged({ metadata, status }: DocumentService): boolean {
  const reason = findCondition(status?.conditions, 'Ready')?.reason;
  const stalled = findCondition(status?.conditions, 'Stalled') !== undefined;
  return status?.observedGeneration === metadata.generation && !stalled && reason !== 'WaitingForDeletion';
}
