import { expect, test } from 'vitest';
import { inLanes } from './lanes.ts';

/** Work whose items end when they are told to, and a record of what began and ended. */
function controlled() {
  const record: string[] = [];
  const pending = new Map<string, PromiseWithResolvers<void>>();
  const work = async (item: string, signal: AbortSignal): Promise<void> => {
    record.push(`${item} begins`);
    const end = Promise.withResolvers<void>();
    pending.set(item, end);
    signal.addEventListener('abort', () => end.reject(signal.reason), { once: true });
    await end.promise.finally(() => record.push(`${item} ends`));
  };
  const settle = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { record, work, settle, ending: (item: string) => pending.get(item) };
}

test('lanes go side by side, the items of one lane one after the other', async () => {
  const { record, work, settle, ending } = controlled();
  const done = inLanes([['a'], ['b', 'c']], undefined, work);
  await settle();
  expect(record).toEqual(['a begins', 'b begins']);
  ending('b')?.resolve();
  await settle();
  expect(record.slice(2)).toEqual(['b ends', 'c begins']);
  ending('a')?.resolve();
  ending('c')?.resolve();
  await done;
});

test('a failure stops the other lanes, and is reported when nothing runs any more', async () => {
  const { record, work, settle, ending } = controlled();
  const done = inLanes([['a', 'never'], ['b']], undefined, work);
  await settle();
  ending('b')?.reject(new Error('no disk'));
  await expect(done).rejects.toThrow('no disk');
  expect(record).toEqual(['a begins', 'b begins', 'b ends', 'a ends']);
});

test('whoever stops it all is what it rejects with', async () => {
  const { work, settle } = controlled();
  const stop = new AbortController();
  const done = inLanes([['a'], ['b']], stop.signal, work);
  await settle();
  stop.abort(new Error('Ctrl-C'));
  await expect(done).rejects.toThrow('Ctrl-C');
});

test('lanes without items are done at once', async () => {
  const nothing = inLanes<string>([[], []], undefined, () => Promise.reject(new Error('nothing to do')));
  await expect(nothing).resolves.toBeUndefined();
});
