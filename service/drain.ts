import type { Server } from 'node:http';

/** What a drain needs from the world. */
export interface DrainWorld {
  readonly server: Pick<Server, 'close' | 'closeAllConnections'>;
  /** Ends connections with nothing under way; those that never had a request only when older than the grace. */
  readonly endIdle: (graceMs: number) => void;
  readonly pause: (ms: number) => Promise<void>;
  readonly drainMs: number;
  readonly requestTimeoutMs: number;
}

/** How a drain ended: everything was answered, or some requests were cut off at the deadline. */
export type Drained = 'finished' | 'cut off';

/** A connection opened this shortly before the end may have its first request on the way. */
const newConnectionGraceMs = 1000;
const lookEveryMs = 50;

/**
 * Lets go of all clients without failing any. Before this is called, readiness has to fail and every response to say
 * `Connection: close`, so that load balancers and clients move away by themselves. Then, for `drainMs`, everything is
 * still served, on new connections too. After that nothing is accepted any more, connections that had no request all
 * the while are closed, and what is under way may take as long as a request may take.
 */
export async function drain({ server, endIdle, pause, drainMs, requestTimeoutMs }: DrainWorld): Promise<Drained> {
  await pause(drainMs);
  const closed = new AbortController();
  server.close(() => closed.abort());
  for (let waitedMs = 0; waitedMs < requestTimeoutMs; waitedMs += lookEveryMs) {
    endIdle(newConnectionGraceMs);
    if (closed.signal.aborted) return 'finished';
    await pause(lookEveryMs);
  }
  server.closeAllConnections();
  return 'cut off';
}
