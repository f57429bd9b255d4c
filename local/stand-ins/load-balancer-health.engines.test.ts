import { expect, test } from 'vitest';
import type { Endpoint } from '../cluster/cluster.ts';
import { freePorts } from '../host/free-ports.ts';
import { waitFor } from '../host/waiting.ts';
import { loadBalancer, target } from '../testing/balanced-targets.ts';
import { exchange } from '../testing/exchange.ts';
import type { Target } from '../testing/target.ts';

const SOON = { deadlineMs: 8_000, everyMs: 50 };

function named(name: string): Promise<Target> {
  return target((_request, response) => response.end(name));
}

/** What so many requests in a row came to, each thing once. */
async function answers(address: Endpoint, count: number): Promise<readonly string[]> {
  const seen = new Set<string>();
  for (let sent = 0; sent < count; sent += 1) {
    const { status, body } = await exchange(address, '/');
    seen.add(status === 200 ? body : String(status));
  }
  return [...seen].toSorted();
}

test('a dead target is out within seconds and takes no more requests along, and back when it lives again', async () => {
  const [one, two] = await Promise.all([named('one'), named('two')]);
  const address = await loadBalancer([one, two]);
  expect(await answers(address, 4)).toEqual(['one', 'two']);

  await two.stop();
  await waitFor(
    async () => (await answers(address, 4)).join() === 'one',
    SOON,
    () => 'the dead target is out',
  );
  expect(await answers(address, 20)).toEqual(['one']);

  await two.restart();
  await waitFor(
    async () => (await answers(address, 4)).join() === 'one,two',
    SOON,
    () => 'the target is back',
  );
});

test('with no healthy target left all are used, as the ALB does: an answer is better than none', async () => {
  const ill = await target((asked, response) => {
    if (asked.url === '/ill') response.writeHead(503).end();
    else response.end('still here');
  });
  const address = await loadBalancer([ill], { healthPath: '/ill', healthIntervalMs: 50 });
  await waitFor(
    async () => ill.requests.length >= 4,
    SOON,
    () => 'health checks have failed',
  );
  expect(await exchange(address, '/')).toMatchObject({ status: 200, body: 'still here' });
});

test('statistics are on a port of their own, and not among the paths that clients can ask for', async () => {
  const [statisticsPort = 0] = await freePorts(1);
  const one = await named('one');
  const { address, port } = await loadBalancer([one], { statisticsPort });
  expect((await exchange({ address, port: statisticsPort }, '/metrics')).body).toContain('haproxy_server_status');
  expect((await exchange({ address, port: statisticsPort }, '/')).body).toContain('Statistics Report');
  expect(await exchange({ address, port }, '/metrics')).toMatchObject({ body: 'one' });
});
