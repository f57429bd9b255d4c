import { setTimeout as delay } from 'node:timers/promises';
import type { Documents } from './documents.ts';
import { startRequestLoop, type LoopFailure } from './request-loop.ts';
import type { World } from './world.ts';

/** Writes and reads at a steady rate that go on while something is lost. */
export interface Traffic {
  /** Id and content of every document whose write was answered with success. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Reads of acknowledged documents that did not return them; `afterMs` is when the read was sent. */
  readonly readFailures: readonly LoopFailure[];
  /** How many reads were sent later than this. */
  readsSentAfter(afterMs: number): number;
  /** Milliseconds since the start. */
  elapsedMs(): number;
  /** Stops sending and waits for what is under way. */
  stop(): Promise<unknown>;
}

/** Writes fresh documents and reads acknowledged ones, 10 each a second. */
export function startTraffic(world: World, documents: Documents, topic: string): Traffic {
  const acknowledged = new Map<string, string>();
  const readFailures: LoopFailure[] = [];
  const readsSentMs: number[] = [];
  const startedMs = performance.now();
  const elapsedMs = (): number => performance.now() - startedMs;
  const write = async (index: number): Promise<void> => {
    const id = world.freshId(`${topic}-${index}`);
    const stored = await documents.put(id, `content ${index}`).catch(() => undefined);
    if (stored?.status === 201) acknowledged.set(id, `content ${index}`);
  };
  const read = async (index: number): Promise<void> => {
    const [id, content] = [...acknowledged][index % acknowledged.size] ?? ['', ''];
    const sentMs = elapsedMs();
    readsSentMs.push(sentMs);
    const answer = await documents.get(id).catch((error: unknown) => ({ status: 0, body: Buffer.from(String(error)) }));
    if (answer.status !== 200 || answer.body.toString() !== content) {
      readFailures.push({ afterMs: sentMs, what: `${answer.status} ${answer.body.toString()}` });
    }
  };
  const loop = startRequestLoop({
    perSecond: 20,
    maxRequests: 4000,
    send: (index) => (index % 2 === 0 || acknowledged.size === 0 ? write(index) : read(index)),
  });
  return {
    acknowledged,
    readFailures,
    readsSentAfter: (afterMs) => readsSentMs.filter((sentMs) => sentMs > afterMs).length,
    elapsedMs,
    stop: () => loop.stop(),
  };
}

/** Writers that have a number of writes under way at every moment. */
export interface Writers {
  /** Id and content of every document whose write was answered with success. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** How many writes were cut off: no answer came, or the load balancer's, that its connection to the pod broke (502). */
  cutOff(): number;
  /** Ends every writer after its write under way. */
  stop(): Promise<void>;
}

/** `concurrency` writers, each of which writes a fresh document as soon as its last one was answered. */
export function startWriters(world: World, documents: Documents, concurrency: number): Writers {
  const acknowledged = new Map<string, string>();
  let cutOff = 0;
  const stopping = new AbortController();
  const write = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const id = world.freshId('written');
      const stored = await documents.put(id, `content of ${id}`).catch(() => undefined);
      if (stored?.status === 201) acknowledged.set(id, `content of ${id}`);
      else {
        // On a busy machine the service itself may say that storage is too slow (503): that write was answered.
        if (stored === undefined || stored.status === 502) cutOff += 1;
        // A refusal may come at once; the next write leaves room for everything else.
        await delay(10);
      }
    }
  };
  const writers = Array.from({ length: concurrency }, write);
  return {
    acknowledged,
    cutOff: () => cutOff,
    async stop() {
      stopping.abort();
      await Promise.all(writers);
    },
  };
}
