import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { loadBalancer, target } from '../testing/balanced-targets.ts';
import { exchange, keptConnection } from '../testing/exchange.ts';

const MEGABYTE = 1024 * 1024;

/** A client's request that the test writes and reads by hand. */
function open(
  address: { address: string; port: number },
  options: { method: string; headers?: Record<string, string> },
) {
  const sent = request({ host: address.address, port: address.port, path: '/documents/a', agent: false, ...options });
  onTestFinished(() => {
    sent.destroy();
  });
  return sent;
}

async function responseTo(sent: ReturnType<typeof request>): Promise<IncomingMessage> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

test('a target has the beginning of a body before the client has sent the rest', async () => {
  const { promise: begun, resolve: hasBegun } = Promise.withResolvers<string>();
  const reading = await target(async (upload, response) => {
    const [first] = (await once(upload, 'data')) as [Buffer];
    hasBegun(first.toString());
    response.end(await text(upload));
  });
  const sent = open(await loadBalancer([reading]), { method: 'PUT', headers: { 'transfer-encoding': 'chunked' } });
  sent.write('begin');
  expect(await begun).toBe('begin');
  sent.end('end');
  expect(await text(await responseTo(sent))).toBe('end');
});

test('a client has the beginning of an answer before the target has sent the rest', async () => {
  const { promise: clientHasIt, resolve: goOn } = Promise.withResolvers<void>();
  const writing = await target(async (_request, response) => {
    response.write('begin');
    await clientHasIt;
    response.end('end');
  });
  const sent = open(await loadBalancer([writing]), { method: 'GET' });
  sent.end();
  const response = await responseTo(sent);
  const [first] = (await once(response, 'data')) as [Buffer];
  expect(first.toString()).toBe('begin');
  goOn();
  expect(await text(response)).toBe('end');
});

test('thirty megabytes come back as they were sent', async () => {
  const echo = await target((upload, response) => upload.pipe(response));
  const content = Buffer.alloc(30 * MEGABYTE, 'document ');
  const sent = open(await loadBalancer([echo]), { method: 'PUT' });
  sent.end(content);
  expect(content.equals(await buffer(await responseTo(sent)))).toBe(true);
});

test('the target decides whether a client that asks (Expect: 100-continue) may send its body', async () => {
  const choosy = await target((upload, response) => {
    if (upload.headers['content-type'] === 'text/plain') {
      response.writeContinue();
      upload.pipe(response);
    } else response.writeHead(415, { connection: 'close' }).end();
  });
  const address = await loadBalancer([choosy]);
  const ask = (type: string) =>
    open(address, {
      method: 'PUT',
      headers: { expect: '100-continue', 'content-type': type, 'content-length': '4' },
    });

  const welcome = ask('text/plain');
  welcome.flushHeaders();
  await once(welcome, 'continue');
  welcome.end('body');
  expect(await text(await responseTo(welcome))).toBe('body');

  const refused = ask('image/png');
  let wasInvited = false;
  refused.once('continue', () => {
    wasInvited = true;
  });
  refused.flushHeaders();
  expect((await responseTo(refused)).statusCode).toBe(415);
  expect(wasInvited).toBe(false);
});

test('a target learns the address of the client, after those that the client names', async () => {
  const telling = await target((asked, response) => {
    const { 'x-forwarded-for': chain, 'x-forwarded-proto': protocol, 'x-forwarded-port': port } = asked.headers;
    response.end(JSON.stringify({ chain, protocol, port }));
  });
  const address = await loadBalancer([telling]);
  const { body } = await exchange(address, '/', { headers: { 'x-forwarded-for': '192.0.2.1' } });
  expect(JSON.parse(body)).toEqual({ chain: '192.0.2.1, 127.0.0.1', protocol: 'http', port: String(address.port) });
});

test('requests of many clients share kept connections to every target in turn', async () => {
  const targets = await Promise.all([target((_, response) => response.end()), target((_, response) => response.end())]);
  const address = await loadBalancer(targets);
  for (let count = 0; count < 20; count += 1) await exchange(address, '/');
  expect(targets.map(({ requests }) => requests.length)).toEqual([10, 10]);
  expect(targets.map((each) => each.connections())).toEqual([1, 1]);
});

test('a client keeps its connection even when the target ends its own after every answer', async () => {
  const draining = await target((_, response) => response.writeHead(200, { connection: 'close' }).end());
  const address = await loadBalancer([draining]);
  const agent = keptConnection();
  onTestFinished(() => agent.destroy());
  const seen = [];
  for (let count = 0; count < 3; count += 1) seen.push(await exchange(address, '/', { agent }));
  expect(seen.map(({ status, reused }) => ({ status, reused }))).toEqual([
    { status: 200, reused: false },
    { status: 200, reused: true },
    { status: 200, reused: true },
  ]);
  expect(draining.connections()).toBe(3);
});

test('a connection that a target closed while it was idle is not used again', async () => {
  const restarted = await target((_, response) => response.end());
  const address = await loadBalancer([restarted]);
  for (let round = 0; round < 10; round += 1) {
    expect((await exchange(address, '/')).status).toBe(200);
    await restarted.stop();
    await restarted.restart();
  }
  expect(restarted.requests).toHaveLength(10);
  expect(restarted.connections()).toBe(10);
});
