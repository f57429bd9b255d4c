import { expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '../test/fake-clock.ts';
import { failure, json, ScriptedApiServer, type Handler } from '../test/scripted-api-server.ts';
import { silentLog } from '../test/silent-log.ts';
import { EventRecorder } from './event-recorder.ts';

const regarding = {
  apiVersion: 'docservice.dev/v1',
  kind: 'DocumentService',
  metadata: { name: 'documents', namespace: 'shop', uid: 'u', resourceVersion: '5' },
};

async function world(...script: Handler[]) {
  const server = await new ScriptedApiServer(...script).listen();
  onTestFinished(() => server.close());
  const options = { client: server.client(), clock: new FakeClock('2026-02-03T04:05:06.789Z'), log: silentLog };
  return {
    server,
    recorder: new EventRecorder({ ...options, controller: 'docservice.dev/operator', instance: 'pod-1' }),
  };
}

test('an Event is written in the namespace of what it is about, its time with six digits', async () => {
  const { server, recorder } = await world(json(201, {}));
  await recorder.record(regarding, { type: 'Normal', reason: 'Available', action: 'Reconcile', note: 'All well' });
  const [request] = server.requests;
  expect([request?.method, request?.path]).toEqual(['POST', '/apis/events.k8s.io/v1/namespaces/shop/events']);
  expect(JSON.parse(request?.body ?? '')).toMatchObject({
    eventTime: '2026-02-03T04:05:06.789000Z',
    reportingController: 'docservice.dev/operator',
    reportingInstance: 'pod-1',
    type: 'Normal',
    reason: 'Available',
    action: 'Reconcile',
    note: 'All well',
    regarding: { kind: 'DocumentService', name: 'documents', namespace: 'shop', uid: 'u' },
  });
});

test('a note that is too long for the API is cut, between two characters', async () => {
  const { server, recorder } = await world(json(201, {}));
  await recorder.record(regarding, { type: 'Warning', reason: 'R', action: 'A', note: '€'.repeat(1000) });
  const { note } = JSON.parse(server.requests[0]?.body ?? '') as { readonly note: string };
  expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1024);
  expect(note).toMatch(/^€+\.\.\.$/);
});

test('an Event that is refused is given up: it resolves, after one request', async () => {
  const { server, recorder } = await world(failure(403, 'Forbidden'));
  await recorder.record(regarding, { type: 'Normal', reason: 'R', action: 'A', note: 'n' });
  expect(server.requests).toHaveLength(1);
});
