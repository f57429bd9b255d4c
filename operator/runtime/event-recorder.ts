import { randomBytes } from 'node:crypto';
import type { ApiClient } from './api-client.ts';
import { microTime, type Clock } from './clock.ts';
import { collectionPath, type KubeObject } from './kube-object.ts';
import type { Log } from './log.ts';

/** Something that happened to an object, for the people who run `kubectl describe`. */
export interface RecordedEvent {
  readonly type: 'Normal' | 'Warning';
  /** One word in CamelCase. */
  readonly reason: string;
  /** What the operator did or found, one word in CamelCase. */
  readonly action: string;
  /** A sentence; at most 1 kB, the rest is cut off. */
  readonly note: string;
}

const EVENTS = { apiVersion: 'events.k8s.io/v1', kind: 'Event', plural: 'events' } as const;
/** Limit of the API: ValidateEventCreate in k8s.io/kubernetes pkg/apis/core/validation/events.go. */
const NOTE_MAX_BYTES = 1024;

/** Writes Events. One that cannot be written is logged and given up: an Event is a courtesy, never a reason to try again. */
export class EventRecorder {
  readonly #client: ApiClient;
  readonly #clock: Clock;
  readonly #controller: string;
  readonly #instance: string;
  readonly #log: Log;

  /**
   * @param controller name of the operator, such as `docservice.dev/operator`
   * @param instance name of this process
   */
  constructor(options: { client: ApiClient; clock: Clock; controller: string; instance: string; log: Log }) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#controller = options.controller;
    this.#instance = options.instance;
    this.#log = options.log;
  }

  async record(
    regarding: KubeObject & { readonly apiVersion: string; readonly kind: string },
    event: RecordedEvent,
  ): Promise<void> {
    const { name, namespace = 'default', uid, resourceVersion } = regarding.metadata;
    const time = this.#clock.wallTime();
    try {
      await this.#client.request({
        method: 'POST',
        path: collectionPath(EVENTS, namespace),
        body: {
          apiVersion: EVENTS.apiVersion,
          kind: EVENTS.kind,
          metadata: { name: `${name}.${time.getTime().toString(16)}${randomBytes(4).toString('hex')}`, namespace },
          eventTime: microTime(time),
          reportingController: this.#controller,
          reportingInstance: this.#instance.slice(0, 128),
          type: event.type,
          reason: event.reason,
          action: event.action,
          note: cut(event.note),
          regarding: { apiVersion: regarding.apiVersion, kind: regarding.kind, namespace, name, uid, resourceVersion },
        },
      });
    } catch (error) {
      this.#log.warn({ err: error, reason: event.reason }, 'the Event could not be written');
    }
  }
}

function cut(note: string): string {
  const bytes = Buffer.from(note);
  return bytes.length <= NOTE_MAX_BYTES
    ? note
    : `${bytes
        .subarray(0, NOTE_MAX_BYTES - 6)
        .toString('utf8')
        .replace(/\uFFFD+$/, '')}...`;
}
