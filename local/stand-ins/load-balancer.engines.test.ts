import { expect, onTestFinished, test } from 'vitest';
import { loadBalancer, target } from '../testing/balanced-targets.ts';
import { exchange, keptConnection } from '../testing/exchange.ts';
import type { Answer } from '../testing/target.ts';

/** Reads the request and drops the connection for paths that begin with /drop, and says ok to every other. */
const dropping: Answer = (request, response) => {
  request.resume().once('end', () => {
    if (request.url?.startsWith('/drop') === true) request.socket.destroy();
    else response.end('ok');
  });
};

const fresh = { first: [], why: 'the first request on its connections' };
const kept = { first: ['GET /ok'], why: 'a request on kept connections, which HAProxy alone would drop in silence' };

test.for([
  { ...fresh, method: 'GET' },
  { ...fresh, method: 'PUT' },
  { ...kept, method: 'GET' },
  { ...kept, method: 'PUT' },
  { ...kept, method: 'DELETE' },
])(
  'a target that drops a $method without an answer sees it once, and the client sees 502: $why',
  async ({ first, method }) => {
    const dead = await target(dropping);
    const address = await loadBalancer([dead]);
    const agent = keptConnection();
    onTestFinished(() => agent.destroy());
    for (const [, path = ''] of first.map((line) => line.split(' '))) await exchange(address, path, { agent });

    const seen = await exchange(address, '/drop', { method, agent, ...(method === 'PUT' ? { body: 'x' } : {}) });

    expect(seen).toMatchObject({ status: 502, reused: first.length > 0 });
    expect(dead.requests).toEqual([...first, `${method} /drop`]);
    expect(dead.connections()).toBe(1);
  },
);

test('a second target is not asked for what the first one dropped', async () => {
  const targets = await Promise.all([target(dropping), target(dropping)]);
  const address = await loadBalancer(targets);

  const statuses = await Promise.all(
    Array.from({ length: 10 }, async (_, index) => (await exchange(address, `/drop/${index}`)).status),
  );

  expect(statuses).toEqual(Array.from({ length: 10 }, () => 502));
  expect(targets.flatMap(({ requests }) => requests)).toHaveLength(10);
});

test('a request that reaches a target nobody listens at is a 502, even where another target would do', async () => {
  const [alive, dead] = await Promise.all([target(dropping), target(dropping)]);
  // So slow that no health check takes the dead one out before it was asked.
  const address = await loadBalancer([alive, dead], { healthIntervalMs: 60_000 });
  await dead.stop();

  const statuses = [];
  for (let count = 0; count < 4; count += 1) statuses.push((await exchange(address, '/ok')).status);

  expect(statuses.map(String).toSorted()).toEqual(['200', '200', '502', '502']);
});

test('an answer that takes longer than the idle timeout is a 504, and the request is not sent again', async () => {
  const hung = await target(() => {});
  const address = await loadBalancer([hung], { idleTimeoutMs: 300 });
  expect(await exchange(address, '/hang')).toMatchObject({ status: 504 });
  expect(hung.requests).toEqual(['GET /hang']);
});

test('an answer that breaks off half-way breaks off at the client too', async () => {
  const broken = await target((_request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('half', () => response.destroy());
  });
  const address = await loadBalancer([broken]);
  expect((await exchange(address, '/half')).status).toBe('ECONNRESET');
  expect(broken.requests).toEqual(['GET /half']);
});

test('a 503 of a target passes as it is', async () => {
  const busy = await target((_request, response) => response.writeHead(503).end('busy'));
  const address = await loadBalancer([busy]);
  expect(await exchange(address, '/busy')).toMatchObject({ status: 503, body: 'busy' });
});

test('without a target every request is a 503', async () => {
  expect(await exchange(await loadBalancer([]), '/any')).toMatchObject({ status: 503 });
});
