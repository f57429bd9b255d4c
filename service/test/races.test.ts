import { expect, test } from 'vitest';
import { racesContract } from './races.contract.ts';
import { startService } from './service-world.ts';

racesContract(() => startService());

test('as long as the cache answers, a reader never sees an older version after a newer one', async () => {
  await using service = await startService();
  const path = '/documents/a';
  await service.send({ method: 'PUT', path, body: '0' });
  const written = new AbortController();
  const writer = (async () => {
    for (let round = 1; round <= 100; round += 1) await service.send({ method: 'PUT', path, body: String(round) });
    written.abort();
  })();
  let before = 0;
  while (!written.signal.aborted) {
    const now = Number((await service.send({ path })).text);
    expect(now).toBeGreaterThanOrEqual(before);
    before = now;
  }
  await writer;
});
