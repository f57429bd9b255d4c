import { expect, test } from 'vitest';
import { undoOnFailure, unlessStopped } from './undo.ts';

test('work that succeeds is not undone', async () => {
  const undone: string[] = [];
  const undo = async (): Promise<void> => void undone.push('undone');
  expect(await undoOnFailure(() => Promise.resolve(7), undo)).toBe(7);
  expect(undone).toEqual([]);
});

test('the failure of the work comes through as it is', async () => {
  const failure = new Error('the first');
  await expect(
    undoOnFailure(
      () => Promise.reject(failure),
      () => Promise.resolve(),
    ),
  ).rejects.toBe(failure);
});

test('when undoing fails too, the failure of the work comes first, and is the cause', async () => {
  const failure = new Error('the first');
  const doing = undoOnFailure(
    () => Promise.reject(failure),
    () => Promise.reject(new Error('the second')),
  );
  await expect(doing).rejects.toThrow(/^the first\n.*the second$/);
  await expect(doing).rejects.toHaveProperty('cause', failure);
});

test('a stop ends work that looks at nothing, with the reason of the stop', async () => {
  const stop = new AbortController();
  const doing = unlessStopped(stop.signal, () => new Promise(() => {}));
  const reason = new Error('Ctrl-C');
  stop.abort(reason);
  await expect(doing).rejects.toBe(reason);
});

test('after a stop no work begins; without one it gives its result', async () => {
  const neverDone = (): Promise<never> => Promise.reject(new Error('was done'));
  await expect(unlessStopped(AbortSignal.abort(new Error('Ctrl-C')), neverDone)).rejects.toThrow('Ctrl-C');
  expect(await unlessStopped(new AbortController().signal, () => Promise.resolve(7))).toBe(7);
});
