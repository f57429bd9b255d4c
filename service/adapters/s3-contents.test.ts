import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createS3Clients } from './aws-clients.ts';
import { createS3Contents } from './s3-contents.ts';

test('the probe is answered while more readers than there are connections take their time', async () => {
  let reading = 0;
  const server = createServer((request, response) => {
    if (request.method === 'HEAD') response.writeHead(200).end();
    // A download that goes on for as long as its reader does.
    else response.writeHead(200, { 'content-length': 1_000_000 }).write('x', () => (reading += 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  process.env['AWS_ACCESS_KEY_ID'] ??= 'someone';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'something';
  const clients = createS3Clients({ region: 'us-east-1', endpoint: `http://127.0.0.1:${port}`, timeoutMs: 20_000 });
  const store = createS3Contents(clients, { name: 'bucket', prefix: '' });
  const leaving = new AbortController();
  const readers = Array.from({ length: 300 }, (_, number) =>
    store
      .open({ id: 'c', atMs: 0, placement: { where: 's3', key: `k${number}` } }, leaving.signal)
      .catch(() => undefined),
  );
  await expect.poll(() => reading, { timeout: 20_000 }).toBe(256);
  await expect(store.probe()).resolves.toBeUndefined();
  leaving.abort();
  for (const reader of await Promise.all(readers)) reader?.on('error', () => undefined).destroy();
  clients.transfers.destroy();
  clients.probes.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}, 60_000);
