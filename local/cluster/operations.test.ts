import { expect, test } from 'vitest';
import { createOperations, together } from './operations.ts';

/** A promise, and how to settle it. */
function pending(): { readonly promise: Promise<void>; readonly end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, end: resolve };
}

test('taking down stops what is under way, waits for its end, and only then begins', async () => {
  const { during, afterAll } = createOperations();
  const order: string[] = [];
  const slowEnd = pending();
  const up = during(async (stop) => {
    await new Promise((resolve) => {
      stop.addEventListener('abort', resolve);
    });
    order.push('up was told to stop');
    await slowEnd.promise;
    order.push('up has ended');
    stop.throwIfAborted();
  });
  const down = afterAll(() => {
    order.push('down');
    return Promise.resolve();
  });
  slowEnd.end();
  await expect(up).rejects.toThrow('the cluster is being taken down');
  await down;
  expect(order).toEqual(['up was told to stop', 'up has ended', 'down']);
});

test('nothing begins while a cluster is being taken down, and afterwards everything may again', async () => {
  const { during, afterAll } = createOperations();
  const removing = pending();
  const down = afterAll(() => removing.promise);
  await expect(during(() => Promise.resolve('up'))).rejects.toThrow('the cluster is being taken down');
  removing.end();
  await down;
  expect(await during(() => Promise.resolve('up'))).toBe('up');
});

test('who takes down at the same time takes down one after the other', async () => {
  const { during, afterAll } = createOperations();
  const first = pending();
  const order: string[] = [];
  const downs = [
    afterAll(async () => {
      await first.promise;
      order.push('first');
    }),
    afterAll(() => Promise.resolve(order.push('second'))),
  ];
  first.end();
  await Promise.all(downs);
  expect(order).toEqual(['first', 'second']);
  expect(await during(() => Promise.resolve('up'))).toBe('up');
});

test('a failed attempt to take down does not keep the next from trying', async () => {
  const { during, afterAll } = createOperations();
  await expect(afterAll(() => Promise.reject(new Error('busy')))).rejects.toThrow('busy');
  expect(await afterAll(() => Promise.resolve('down'))).toBe('down');
  expect(await during(() => Promise.resolve('up'))).toBe('up');
});

test('works done together: one fails, the others are stopped, and all have ended before the failure is reported', async () => {
  const ended: string[] = [];
  const waits = async (stop: AbortSignal) => {
    await new Promise((resolve) => {
      stop.addEventListener('abort', resolve);
    });
    ended.push('waiting');
    throw new Error('stopped');
  };
  const fails = () => Promise.reject(new Error('no such file'));
  const all = together(new AbortController().signal, [waits, fails]);
  await expect(all).rejects.toThrow('no such file');
  expect(ended).toEqual(['waiting']);
});

test('works done together: told to stop from outside, each decides what that means', async () => {
  const stopping = new AbortController();
  stopping.abort(new Error('enough'));
  const looks = (stop: AbortSignal) => Promise.resolve().then(() => stop.throwIfAborted());
  await expect(together(stopping.signal, [looks])).rejects.toThrow('enough');
  await together(stopping.signal, [() => Promise.resolve()]);
});
