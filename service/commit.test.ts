import { describe, expect, test } from 'vitest';
import { createMemoryMetadata } from './adapters/memory-metadata.ts';
import { newAttempt } from './attempts.ts';
import type { Change, Wish } from './change.ts';
import { commit, type Committed } from './commit.ts';
import { liveDocument } from './document.ts';
import { storageUnavailable } from './errors.ts';
import type { BurnOutcome, CommitOutcome, MetadataStore } from './stores.ts';
import { firstChange, putWish, removeWish, someId } from './test/builders.ts';

/** What happens to one sending of a commit. */
type Fate = 'arrives' | 'answer is lost' | 'is lost' | 'arrives late' | 'is not taken';

/** A store in memory behind a line that does with the first commits what it is told, and a clock that only pauses move. */
function world(fates: readonly Fate[] = []) {
  let nowMs = 1_800_000_000_000;
  const store = createMemoryMetadata(() => nowMs);
  const rest = [...fates];
  const sent: Change[] = [];
  const late: Change[] = [];
  let burning: () => Promise<void> = async () => undefined;

  const line: Pick<MetadataStore, 'commit' | 'burn'> = {
    async commit(change): Promise<CommitOutcome> {
      sent.push(change);
      const fate = rest.shift() ?? 'arrives';
      const cause = new Error(fate);
      if (fate === 'is not taken') return { kind: 'not-taken', cause };
      if (fate === 'arrives late') late.push(change);
      const outcome = fate === 'arrives' || fate === 'answer is lost' ? await store.commit(change) : undefined;
      return fate === 'arrives' && outcome !== undefined ? outcome : { kind: 'unknown', cause };
    },
    async burn(id, attempt): Promise<BurnOutcome> {
      await burning();
      return store.burn(id, attempt);
    },
  };

  return {
    store,
    sent,
    /** What was held up arrives now. */
    arrive: () => Promise.all(late.splice(0).map((change) => store.commit(change))),
    beforeBurn: (action: () => Promise<void>) => {
      burning = action;
    },
    run: (wish: Wish, knownVersion?: number, budgetMs = 10_000): Promise<Committed> =>
      commit({ metadata: line, nowMs: () => nowMs, pause: async (ms) => void (nowMs += ms) }, wish, {
        knownVersion,
        deadlineMs: nowMs + budgetMs,
      }),
    follow: async (id: ReturnType<typeof someId>, times: number) => {
      for (let count = 0; count < times; count += 1) {
        nowMs += 1;
        const wish = putWish(id, `follower ${count}`);
        await store.commit({ wish, attempt: newAttempt(wish.contentId, 1, nowMs) });
      }
    },
  };
}

describe('a commit that is answered', () => {
  test('creates, and then replaces', async () => {
    const { run } = world();
    const id = someId();
    const created = await run(putWish(id, 'one'));
    const replaced = await run(putWish(id, 'two'));
    expect(created).toMatchObject({ created: true, newest: { length: 3 } });
    expect(replaced).toMatchObject({ created: false, version: created.version + 1 });
  });

  test('is sent once', async () => {
    const { run, sent } = world();
    await run(putWish(someId(), 'one'));
    expect(sent).toHaveLength(1);
  });

  test('is refused by its preconditions', async () => {
    const { run } = world();
    const refusal = run(putWish(someId(), 'x', { preconditions: { ifMatch: '*' } }));
    await expect(refusal).rejects.toMatchObject({ code: 'precondition-failed' });
  });

  test('removes nothing where there is nothing, whatever the preconditions', async () => {
    const { run } = world();
    const refusal = run(removeWish(someId(), { preconditions: { ifMatch: '*' } }));
    await expect(refusal).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a commit whose outcome is unknown', () => {
  test.each([
    { fates: ['answer is lost'], sent: 1, reason: 'it took effect: seen in the row, not sent again' },
    { fates: ['is lost'], sent: 2, reason: 'it did not: burned and sent again' },
    { fates: ['is lost', 'is lost', 'answer is lost'], sent: 3, reason: 'several times over' },
    { fates: ['is not taken', 'is not taken'], sent: 3, reason: 'never reached the engine' },
  ] as const)('comes true exactly once: $reason', async ({ fates, sent: times }) => {
    const { run, sent, store } = world(fates);
    const id = someId();
    const committed = await run(putWish(id, 'one'));
    expect(committed.created).toBe(true);
    expect(sent).toHaveLength(times);
    const row = await store.read(id);
    expect(row?.document.version).toBe(committed.version);
    expect(row?.dead.filter((content) => content.placement.where !== 'none')).toEqual([]);
  });

  test('never takes effect later, once another attempt was made instead', async () => {
    const { run, arrive, store, follow } = world(['arrives late']);
    const id = someId();
    await run(putWish(id, 'mine'));
    await follow(id, 1);
    expect(await arrive()).toEqual([expect.objectContaining({ kind: 'refused' })]);
    expect(liveDocument((await store.read(id))?.document)?.length).toBe('follower 0'.length);
  });

  test('is not answered with 412 for what it did itself', async () => {
    const { run, store } = world(['answer is lost']);
    const id = someId();
    const committed = await run(putWish(id, 'mine', { preconditions: { ifNoneMatch: '*' } }));
    expect(committed).toMatchObject({ created: true, version: (await store.read(id))?.document.version });
  });

  test('has its own version also when others followed it before it was resolved', async () => {
    const { run, beforeBurn, follow, store } = world(['answer is lost']);
    const id = someId();
    beforeBurn(() => follow(id, 3));
    const committed = await run(putWish(id, 'mine'));
    const row = await store.read(id);
    expect(committed.version).toBe((row?.document.version ?? 0) - 3);
    expect(committed.newest).toEqual(row?.document);
  });

  test('is refused by its preconditions if others were faster', async () => {
    const { run, beforeBurn, follow } = world(['is lost']);
    const id = someId();
    beforeBurn(() => follow(id, 1));
    const refusal = run(putWish(id, 'mine', { preconditions: { ifNoneMatch: '*' } }));
    await expect(refusal).rejects.toMatchObject({ code: 'precondition-failed' });
  });

  test('cannot be told when eight others followed: nothing is sent again, so nothing is reverted', async () => {
    const { run, beforeBurn, follow, sent, store } = world(['answer is lost']);
    const id = someId();
    beforeBurn(() => follow(id, 8));
    await expect(run(putWish(id, 'mine'))).rejects.toMatchObject({ code: 'outcome-unknown' });
    expect(sent).toHaveLength(1);
    expect(liveDocument((await store.read(id))?.document)?.length).toBe('follower 7'.length);
  });

  test('can be told even then by who knows a version from before', async () => {
    const { run, beforeBurn, follow, store } = world(['is lost']);
    const id = someId();
    await store.commit(firstChange(putWish(id, 'before')));
    const known = (await store.read(id))?.document.version;
    beforeBurn(() => follow(id, 8));
    await expect(run(putWish(id, 'mine'), known)).resolves.toMatchObject({ version: (known ?? 0) + 9 });
  });
});

describe('when storage does not come back', () => {
  test('a commit that never left ends as not done', async () => {
    const { run, store } = world(Array.from({ length: 9 }, () => 'is not taken' as const));
    const id = someId();
    await expect(run(putWish(id, 'x'))).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(await store.read(id)).toBeUndefined();
  });

  test('a commit whose time is over before it is sent is not sent, and ends as not done', async () => {
    const { run, sent } = world();
    await expect(run(putWish(someId(), 'x'), undefined, 0)).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(sent).toEqual([]);
  });

  test('a commit that may have left ends as unresolved, after the deadline and not much later', async () => {
    const { run, beforeBurn, sent } = world(['is lost']);
    let rounds = 0;
    beforeBurn(async () => {
      rounds += 1;
      throw storageUnavailable('no answer');
    });
    await expect(run(putWish(someId(), 'x'))).rejects.toMatchObject({ code: 'write-unresolved' });
    expect(sent).toHaveLength(1);
    expect(rounds).toBeGreaterThan(5);
    expect(rounds).toBeLessThan(30);
  });

  test('a row that can burn no more ends as unresolved', async () => {
    const { run, store } = world(['is lost']);
    const id = someId();
    for (let number = 1; number <= 16; number += 1) await store.burn(id, newAttempt('c', number, 1_800_000_000_000));
    await expect(run(putWish(id, 'x'))).rejects.toMatchObject({ code: 'write-unresolved' });
  });

  test('a content that was burned while it was being stored is not committed by any attempt', async () => {
    const { run, store, sent } = world();
    const wish = putWish(someId(), 'x');
    await store.burn(wish.id, { id: wish.contentId, contentId: wish.contentId, number: 0, sentAtMs: 1 });
    await expect(run(wish)).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(sent).toHaveLength(1);
  });
});
