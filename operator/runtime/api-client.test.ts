import { describe, expect, onTestFinished, test } from 'vitest';
import { failure, json, reset, ScriptedApiServer, stream, type Handler } from '../test/scripted-api-server.ts';
import { ApiError, responseError } from './api-error.ts';

async function serve(...script: Handler[]) {
  const server = await new ScriptedApiServer(...script).listen();
  onTestFinished(() => server.close());
  return { server, client: server.client() };
}

/** What a request fails with. */
async function failureOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => 'it succeeded',
    (error: unknown) => error,
  );
}

describe('a request', () => {
  test('carries its query, its body and who sends it', async () => {
    const { server, client } = await serve(json(200, { ok: true }));
    const answer = await client.request({
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/a/deployments/b',
      query: { fieldManager: 'm', force: true, labelSelector: undefined },
      contentType: 'application/apply-patch+yaml',
      body: { a: 'ö' },
    });
    expect(answer).toEqual({ ok: true });
    expect(server.requests[0]).toMatchObject({
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/a/deployments/b',
      body: '{"a":"ö"}',
    });
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toEqual({ fieldManager: 'm', force: 'true' });
    expect(server.requests[0]?.headers).toMatchObject({
      'content-type': 'application/apply-patch+yaml',
      'user-agent': 'test/1',
    });
  });

  test.each([
    { answer: failure(404, 'NotFound'), kind: 'notFound' },
    { answer: failure(409, 'AlreadyExists'), kind: 'alreadyExists' },
    { answer: failure(409, 'Conflict'), kind: 'conflict' },
    { answer: failure(410, 'Gone'), kind: 'gone' },
    { answer: failure(422, 'Invalid'), kind: 'invalid' },
    { answer: failure(400, 'BadRequest'), kind: 'invalid' },
    { answer: failure(401, 'Unauthorized'), kind: 'unauthorized' },
    { answer: failure(403, 'Forbidden'), kind: 'forbidden' },
    { answer: failure(429, 'TooManyRequests'), kind: 'throttled' },
    { answer: failure(500, 'InternalError'), kind: 'serverError' },
    { answer: failure(504, 'Timeout'), kind: 'timeout' },
    { answer: json(502, 'bad gateway'), kind: 'serverError' },
    { answer: reset, kind: 'network' },
  ] as const)('that fails says $kind', async ({ answer, kind }) => {
    const { client } = await serve(answer);
    const error = await failureOf(client.request({ method: 'GET', path: '/api/v1/pods' }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ kind });
  });

  test('that is not answered in time says so', async () => {
    const { client } = await serve(() => undefined);
    const error = await failureOf(client.request({ method: 'GET', path: '/api/v1/pods', timeoutMs: 30 }));
    expect(error).toMatchObject({
      kind: 'timeout',
      message: 'GET /api/v1/pods: no answer from the API server in time',
    });
  });

  test('whose answer stops half-way is given up in time too', async () => {
    const { client } = await serve(stream((response) => response.write('{"a":')));
    const error = await failureOf(client.request({ method: 'GET', path: '/api/v1/pods', timeoutMs: 30 }));
    expect(error).toMatchObject({ kind: 'timeout' });
  });

  test('that its caller aborts fails with that, not with an error of the API', async () => {
    const { client, server } = await serve(() => undefined);
    const aborting = new AbortController();
    const error = failureOf(client.request({ method: 'GET', path: '/api/v1/pods', signal: aborting.signal }));
    await expect.poll(() => server.requests.length).toBe(1);
    aborting.abort();
    expect(await error).not.toBeInstanceOf(ApiError);
  });

  test('says how long the server wants to be left alone', async () => {
    const { client } = await serve(failure(429, 'TooManyRequests', { 'retry-after': '7' }));
    expect(await failureOf(client.request({ method: 'GET', path: '/api/v1/pods' }))).toMatchObject({
      retryAfterMs: 7000,
    });
  });

  test('one after the other shares its connections', async () => {
    const { client, server } = await serve(json(200, {}));
    for (let n = 0; n < 20; n += 1) await client.request({ method: 'GET', path: '/api/v1/pods' });
    // A connection is free again a moment after its answer is read, so that the next request may find it busy.
    expect(server.connections).toBeLessThanOrEqual(2);
  });
});

test('a refusal by server-side apply of a field that no schema knows is no error of the server, though it says 500', () => {
  const message =
    'failed to create typed patch object (a/b; apps/v1, Kind=Deployment): .spec.x: field not declared in schema';
  const body = JSON.stringify({ kind: 'Status', status: 'Failure', code: 500, message });
  expect(responseError(500, body)).toMatchObject({ kind: 'invalid', message });
});
