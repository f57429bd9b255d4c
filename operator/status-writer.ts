import type { Pass } from './child-keeper.ts';
import { findCondition } from './conditions.ts';
import { MANAGER } from './desired/names.ts';
import { DOCUMENT_SERVICES, type DocumentService, type DocumentServiceStatus } from './document-service.ts';
import type { Observed } from './observed.ts';
import type { ApiClient } from './runtime/api-client.ts';
import type { Clock } from './runtime/clock.ts';
import type { RecordedEvent } from './runtime/event-recorder.ts';
import { objectPath } from './runtime/kube-object.ts';
import type { Log } from './runtime/log.ts';
import type { Follower, PendingWrites } from './runtime/pending-writes.ts';
import { nextStatus, statusChange } from './status.ts';

export interface StatusWriterParts {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly cache: Follower;
  readonly pendingWrites: PendingWrites;
  readonly recordEvent: (resource: DocumentService, event: RecordedEvent) => Promise<void>;
}

export interface StatusResult {
  /** Whether the resource is ready. */
  readonly ready: boolean;
  /** In how many milliseconds a change that was put off is due; undefined where nothing was put off. */
  readonly dueInMs: number | undefined;
}

/** Numbers of pods change often while they start; they are written together, this long after the last write at the earliest. */
const PROGRESS_INTERVAL_MS = 15_000;

/** Writes status where it changed, and an Event where what it says about readiness changed. */
export class StatusWriter {
  readonly #parts: StatusWriterParts;
  readonly #lastWriteMs = new Map<string, number>();

  constructor(parts: StatusWriterParts) {
    this.#parts = parts;
  }

  /** One PATCH at most, and one Event at most. */
  async write({ key, resource, log }: Pass, observed: Observed): Promise<StatusResult> {
    const { clock } = this.#parts;
    const status = nextStatus(resource, observed, clock.wallTime());
    const ready = findCondition(status.conditions, 'Ready')?.status === 'True';
    switch (statusChange(resource.status, status)) {
      case 'none':
        return { ready, dueInMs: undefined };
      case 'progress': {
        const dueInMs = (this.#lastWriteMs.get(key) ?? -PROGRESS_INTERVAL_MS) + PROGRESS_INTERVAL_MS - clock.nowMs();
        if (dueInMs > 0) return { ready, dueInMs };
        break;
      }
      case 'transition':
        break;
    }
    await this.#patch(key, resource, status);
    await this.#announce(resource, status, log);
    return { ready, dueInMs: undefined };
  }

  /** Forgets a key whose resource is gone. */
  forget(key: string): void {
    this.#lastWriteMs.delete(key);
  }

  async #patch(key: string, resource: DocumentService, status: DocumentServiceStatus): Promise<void> {
    const { apiVersion, kind } = DOCUMENT_SERVICES;
    const { name, namespace = 'default', uid } = resource.metadata;
    const written = await this.#parts.client.request<DocumentService>({
      method: 'PATCH',
      path: objectPath(DOCUMENT_SERVICES, namespace, name, 'status'),
      query: { fieldManager: MANAGER, force: true },
      contentType: 'application/apply-patch+yaml',
      body: { apiVersion, kind, metadata: { name, namespace, uid }, status },
    });
    this.#lastWriteMs.set(key, this.#parts.clock.nowMs());
    this.#parts.pendingWrites.note(key, this.#parts.cache, written);
  }

  async #announce(resource: DocumentService, status: DocumentServiceStatus, log: Log): Promise<void> {
    const before = findCondition(resource.status?.conditions, 'Ready');
    const after = findCondition(status.conditions, 'Ready');
    if (!after || (before?.status === after.status && before.reason === after.reason)) return;
    log.info({ ready: after.status, reason: after.reason, generation: status.observedGeneration }, after.message);
    const stalled = findCondition(status.conditions, 'Stalled') !== undefined;
    await this.#parts.recordEvent(resource, {
      type: stalled ? 'Warning' : 'Normal',
      reason: after.reason,
      action: 'Reconcile',
      note: after.message,
    });
  }
}
