import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startMonitor, type Monitor } from './health.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
const started: Monitor[] = [];
afterEach(() => {
  for (const monitor of started.splice(0)) monitor.stop();
  vi.useRealTimers();
});

function world(first: boolean) {
  let answers = first;
  let probes = 0;
  const changes: string[] = [];
  const monitor = startMonitor({
    async probe() {
      probes += 1;
      if (!answers) throw new Error('no answer');
    },
    intervalMs: 500,
    onChange: (state) => changes.push(state),
  });
  started.push(monitor);
  return { monitor, changes, set: (value: boolean) => (answers = value), probes: () => probes };
}

test('it is down until the first answer, which is said', async () => {
  const { monitor, changes } = world(true);
  expect([monitor.state(), monitor.hasAnswered()]).toEqual(['down', false]);
  await vi.advanceTimersByTimeAsync(0);
  expect([monitor.state(), monitor.hasAnswered()]).toEqual(['ok', true]);
  expect(changes).toEqual(['ok']);
});

test('one failure is no outage, two in a row are, and one answer ends it', async () => {
  const { monitor, changes, set } = world(true);
  await vi.advanceTimersByTimeAsync(499);
  set(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(monitor.state()).toBe('ok');
  await vi.advanceTimersByTimeAsync(500);
  expect(monitor.state()).toBe('down');
  set(true);
  await vi.advanceTimersByTimeAsync(500);
  expect(monitor.state()).toBe('ok');
  expect(changes).toEqual(['ok', 'down', 'ok']);
});

test('an outage from the beginning is said once', async () => {
  const { monitor, changes } = world(false);
  await vi.advanceTimersByTimeAsync(5000);
  expect([monitor.state(), monitor.hasAnswered()]).toEqual(['down', false]);
  expect(changes).toEqual(['down']);
});

test('it asks every half second and not after it was stopped', async () => {
  const { monitor, probes } = world(true);
  await vi.advanceTimersByTimeAsync(2000);
  expect(probes()).toBe(5);
  monitor.stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(probes()).toBe(5);
});

test('waiting for the first answer ends with it', async () => {
  const { monitor, set } = world(false);
  const waiting = monitor.answers(60_000);
  await vi.advanceTimersByTimeAsync(600);
  set(true);
  await vi.advanceTimersByTimeAsync(500);
  await waiting;
  expect(monitor.hasAnswered()).toBe(true);
});
