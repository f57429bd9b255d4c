import { expect, test } from 'vitest';
import { someId } from './builders.ts';
import { documentPath } from '../document-id.ts';
import type { Received, Sent } from './http-client.ts';

/** What a whole service promises to writers that come at the same time. */
export function racesContract(start: () => Promise<AsyncDisposable & { send(sent: Sent): Promise<Received> }>): void {
  const writers = Array.from({ length: 50 }, (_, index) => index);
  /** Sizes on both sides of what lives in the row. */
  const bodyOf = (writer: number) => `writer ${writer} `.repeat(writer % 2 === 0 ? 1 : 2000);

  test('of fifty that create a document exactly one gets 201, and its bytes are what is read', async () => {
    await using service = await start();
    const path = documentPath(someId());
    const answers = await Promise.all(
      writers.map((writer) =>
        service.send({ method: 'PUT', path, headers: { 'if-none-match': '*' }, body: bodyOf(writer) }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(49);
    expect((await service.send({ path })).text).toBe(bodyOf(statuses.indexOf(201)));
  });

  test('of fifty that replace the version they have seen exactly one gets 204', async () => {
    await using service = await start();
    const path = documentPath(someId());
    const { headers } = await service.send({ method: 'PUT', path, body: 'before' });
    const answers = await Promise.all(
      writers.map((writer) =>
        service.send({ method: 'PUT', path, headers: { 'if-match': String(headers.etag) }, body: bodyOf(writer) }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    expect((await service.send({ path })).text).toBe(bodyOf(statuses.indexOf(204)));
  });

  test('fifty without conditions all succeed, each with a version of its own, and the highest is what is read', async () => {
    await using service = await start();
    const path = documentPath(someId());
    const answers = await Promise.all(
      writers.map((writer) => service.send({ method: 'PUT', path, body: bodyOf(writer) })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(49);
    const versions = answers.map(({ headers }) => Number(headers['document-version']));
    expect(new Set(versions).size).toBe(50);
    expect(Math.max(...versions) - Math.min(...versions)).toBe(49);
    const last = versions.indexOf(Math.max(...versions));
    const read = await service.send({ path });
    expect(read.text).toBe(bodyOf(last));
    expect(read.headers.etag).toBe(answers[last]?.headers.etag);
  });

  test('of fifty that delete a document exactly one gets 204', async () => {
    await using service = await start();
    const path = documentPath(someId());
    await service.send({ method: 'PUT', path, body: 'x' });
    const answers = await Promise.all(writers.map(() => service.send({ method: 'DELETE', path })));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(49);
  });

  test('readers during writes see one version whole, never two mixed', async () => {
    await using service = await start();
    const path = documentPath(someId());
    const textOf = (writer: number) => String(writer).padStart(2, '0').repeat(6000);
    await service.send({ method: 'PUT', path, body: textOf(0) });
    const written = new AbortController();
    const writer = (async () => {
      for (let round = 1; round <= 20; round += 1) await service.send({ method: 'PUT', path, body: textOf(round) });
      written.abort();
    })();
    const seen = new Set<string>();
    while (!written.signal.aborted) {
      const { text, headers } = await service.send({ path });
      const digits = new Set(text.match(/../g));
      expect(digits.size).toBe(1);
      seen.add(`${String(headers['document-version'])} has ${[...digits].join('')}`);
    }
    await writer;
    const versions = [...seen].map((each) => each.split(' ')[0]);
    expect(new Set(versions).size).toBe(versions.length);
  });
}
