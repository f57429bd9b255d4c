import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { exchange, type Sent } from './http-client.ts';

/** How requests fared that were sent as through a load balancer. */
export interface Traffic {
  /** Ends it; resolves when the last answer is there. */
  stop(): Promise<void>;
  readonly sent: () => number;
  readonly failures: readonly string[];
  /** Whether the balancer has seen that the service is not ready, and sends nothing new there. */
  readonly movedAway: () => boolean;
}

const everyMs = 20;
const healthCheckEveryMs = 100;
/** Until then a balancer goes on sending: the service has to serve it. */
const unhealthyThreshold = 12;

/**
 * Sends reads and writes, half of them over connections that are kept alive for as long as the service keeps them, half
 * over new ones, until the health check fails: what a load balancer with one target does, and retries nothing.
 */
export function startTraffic(port: number): Traffic {
  const keptAlive = new Agent({ keepAlive: true, maxSockets: 4 });
  const failures: string[] = [];
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();
  const moving = new AbortController();
  const goesOn = (): boolean => !moving.signal.aborted && !stopping.signal.aborted;
  let sent = 0;

  async function send(number: number): Promise<void> {
    const path = `/documents/traffic-${number % 10}`;
    const write = number % 3 === 0;
    const request: Sent = {
      path,
      ...(write && { method: 'PUT', body: `body ${number}` }),
      ...(number % 2 === 0 && { agent: keptAlive }),
    };
    try {
      const { status } = await exchange(port, request);
      const expected = write ? [201, 204] : [200, 404];
      if (!expected.includes(status)) failures.push(`${write ? 'PUT' : 'GET'}: ${status}`);
    } catch (error) {
      failures.push(`${write ? 'PUT' : 'GET'}: ${String(error)}`);
    }
  }

  async function checkHealth(): Promise<void> {
    for (let failed = 0; goesOn();) {
      const { status } = await exchange(port, { path: '/readyz' });
      failed = status === 200 ? 0 : failed + 1;
      if (failed === unhealthyThreshold) moving.abort();
      await pause(healthCheckEveryMs);
    }
  }

  async function keepSending(): Promise<void> {
    while (goesOn()) {
      sent += 1;
      const sending = send(sent);
      underWay.add(sending);
      void sending.finally(() => underWay.delete(sending));
      await pause(everyMs);
    }
    await Promise.all(underWay);
    keptAlive.destroy();
  }

  const running = Promise.all([checkHealth(), keepSending()]);
  return {
    async stop() {
      stopping.abort();
      await running;
    },
    sent: () => sent,
    failures,
    movedAway: () => moving.signal.aborted,
  };
}
