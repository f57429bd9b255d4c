import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../test/fake-clock.ts';
import { WorkQueue } from './work-queue.ts';

function world() {
  const clock = new FakeClock();
  const queue = new WorkQueue(clock);
  const handedOut: (string | undefined)[] = [];
  /** Takes the next key as soon as there is one. */
  const take = (): Promise<number> => queue.get().then((key) => handedOut.push(key));
  return { clock, queue, handedOut, take };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a key', () => {
  test('that is added often is handed out once', async () => {
    const { queue, handedOut, take } = world();
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
    void take();
    void take();
    void take();
    await settled();
    expect(handedOut).toEqual(['a', 'b']);
    queue.close();
  });

  test('that is added while its pass is under way comes again when that is done, and only then', async () => {
    const { queue, handedOut, take } = world();
    queue.add('a');
    await take();
    queue.add('a');
    queue.add('a');
    void take();
    await settled();
    expect(handedOut).toEqual(['a']);
    queue.done('a');
    await settled();
    expect(handedOut).toEqual(['a', 'a']);
    queue.done('a');
    expect(queue.depth).toBe(0);
  });

  test('that failed comes back after 5 ms, doubling, until it is forgotten', () => {
    const { clock, queue } = world();
    const delaysMs = [1, 2, 3, 4].map(() => {
      const delayMs = queue.addRateLimited('a');
      clock.advance(delayMs);
      return delayMs;
    });
    expect(delaysMs).toEqual([5, 10, 20, 40]);
    queue.forget('a');
    expect(queue.addRateLimited('a')).toBe(5);
  });

  test('that failed does not come back before the server wants it', () => {
    const { queue, clock } = world();
    expect(queue.addRateLimited('a', 3000)).toBe(3000);
    clock.advance(2999);
    expect(queue.depth).toBe(0);
    clock.advance(1);
    expect(queue.depth).toBe(1);
  });

  test('that is due at several times comes at the earliest', () => {
    const { clock, queue } = world();
    queue.addAfter('a', 100);
    queue.addAfter('a', 50);
    queue.addAfter('a', 200);
    expect(clock.pendingMs).toEqual([50]);
    clock.advance(50);
    expect(queue.depth).toBe(1);
  });
});

describe('priority', () => {
  test('lets edits overtake what a resync has added', async () => {
    const { queue, handedOut, take } = world();
    for (const key of ['r1', 'r2', 'r3']) queue.add(key, 'resync');
    queue.add('edit');
    queue.add('r3', 'edit');
    for (let n = 0; n < 4; n += 1) await take();
    expect(handedOut).toEqual(['edit', 'r3', 'r1', 'r2']);
  });

  test('of an edit is not lost to a resync of the same key, waiting or under way', async () => {
    const { queue, handedOut, take } = world();
    queue.add('a');
    await take();
    queue.add('a', 'edit');
    queue.add('a', 'resync');
    queue.add('other', 'resync');
    queue.done('a');
    await take();
    expect(handedOut).toEqual(['a', 'a']);
  });
});

describe('after close', () => {
  test('whoever waits gets nothing, and nothing is added, at once or later', async () => {
    const { clock, queue, handedOut, take } = world();
    queue.addAfter('late', 10);
    const waiting = take();
    queue.close();
    await waiting;
    queue.add('a');
    queue.addAfter('b', 0);
    clock.advance(100);
    await take();
    expect(handedOut).toEqual([undefined, undefined]);
    expect(queue.depth).toBe(0);
    expect(clock.pendingMs).toEqual([]);
  });

  test('a pass that was under way may still be given back', async () => {
    const { queue, take } = world();
    queue.add('a');
    await take();
    queue.add('a');
    queue.close();
    queue.done('a');
    expect(queue.depth).toBe(0);
  });
});

describe('whatever happens in whatever order', () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), key, priority: fc.constantFrom('edit' as const, 'resync' as const) }),
    fc.record({ do: fc.constant('addAfter' as const), key, delayMs: fc.nat(50) }),
    fc.record({ do: fc.constant('fail' as const), key }),
    fc.record({ do: fc.constant('take' as const) }),
    fc.record({ do: fc.constant('done' as const) }),
    fc.record({ do: fc.constant('advance' as const), ms: fc.nat(60) }),
  );

  test('a key is never under way twice, and none that was added after its last pass began is lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = new FakeClock();
        const queue = new WorkQueue(clock);
        const underWay: string[] = [];
        const owed = new Set<string>();
        const take = async (): Promise<void> => {
          const next = await queue.get();
          if (next === undefined) return;
          expect(underWay).not.toContain(next);
          underWay.push(next);
          owed.delete(next);
        };
        for (const each of steps) {
          if (each.do === 'add') queue.add(each.key, each.priority);
          if (each.do === 'addAfter') queue.addAfter(each.key, each.delayMs);
          if (each.do === 'fail') queue.addRateLimited(each.key);
          if ('key' in each) owed.add(each.key);
          if (each.do === 'take' && queue.depth > 0) await take();
          if (each.do === 'done') queue.done(underWay.shift() ?? 'none');
          if (each.do === 'advance') clock.advance(each.ms);
        }
        for (let round = 0; owed.size > 0 && round < 100; round += 1) {
          while (underWay.length > 0) queue.done(underWay.shift() ?? '');
          clock.advance(1_000_000);
          while (queue.depth > 0) await take();
        }
        expect([...owed]).toEqual([]);
      }),
    );
  });
});
