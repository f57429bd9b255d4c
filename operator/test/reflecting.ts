import { onTestFinished } from 'vitest';
import type { KubeObject } from '../runtime/kube-object.ts';
import { ObjectCache } from '../runtime/object-cache.ts';
import { Reflector } from '../runtime/reflector.ts';
import { FakeClock } from './fake-clock.ts';
import { ScriptedApiServer, type Handler, type SeenRequest } from './scripted-api-server.ts';
import { silentLog } from './silent-log.ts';
import { until } from './until.ts';

/** How long a watch may be silent, with a random number of 0. */
const SILENCE_MS = 70_000;

/** A reflector of ConfigMaps, with a clock that stands still, on a server that follows a script. */
export class ReflectorWorld {
  readonly server: ScriptedApiServer;
  readonly clock = new FakeClock();
  readonly cache = new ObjectCache<KubeObject>();
  readonly reflector: Reflector<KubeObject>;
  /** What was told, as `type name listed|watched`. */
  readonly changes: string[] = [];
  readonly ended: Promise<void>;
  readonly #stopping = new AbortController();

  constructor(server: ScriptedApiServer) {
    this.server = server;
    this.reflector = new Reflector<KubeObject>({
      client: server.client(),
      type: { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' },
      labelSelector: 'a=b',
      project: (object) => object,
      cache: this.cache,
      onChange: ({ type, object, listed }) => {
        this.changes.push(`${type} ${object.metadata.name} ${listed ? 'listed' : 'watched'}`);
      },
      clock: this.clock,
      random: () => 0,
      log: silentLog,
    });
    this.ended = this.reflector.run(this.#stopping.signal);
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Waits for the n-th request. */
  request(n: number): Promise<SeenRequest> {
    return until(`request ${n}`, () => this.server.requests[n - 1]);
  }

  /** Waits until the reflector pauses before its next try, lets that time pass, and tells how long it was. */
  async nextTry(): Promise<number> {
    const pauseMs = await until('a pause before the next try', () =>
      this.clock.pendingMs.find((ms) => ms < SILENCE_MS),
    );
    this.clock.advance(pauseMs);
    return pauseMs;
  }

  /** Waits until the n-th request is there and is a watch whose silence is being timed. */
  async watching(n: number): Promise<void> {
    await this.request(n);
    await until('an open watch', () => this.clock.pendingMs.includes(SILENCE_MS));
  }

  names(): readonly string[] {
    return this.cache.keys().toSorted();
  }
}

/** Builds the world for one test and takes it down when the test is over. */
export async function reflect(...script: Handler[]): Promise<ReflectorWorld> {
  const world = new ReflectorWorld(await new ScriptedApiServer(...script).listen());
  onTestFinished(async () => {
    world.stop();
    await world.ended;
    await world.server.close();
  });
  return world;
}
