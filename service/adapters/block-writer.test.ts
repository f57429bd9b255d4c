import { describe, expect, test } from 'vitest';
import { blocksOf, brokenBlocks } from '../test/builders.ts';
import { writeBlocks } from './block-writer.ts';

describe('blocks', () => {
  test('are sent in their order, one at a time', async () => {
    const events: string[] = [];
    const count = await writeBlocks(blocksOf('a', 'b', 'c'), {
      async send(block, number) {
        events.push(`${number} ${block.toString()} begins`);
        await Promise.resolve();
        events.push(`${number} ends`);
      },
      takeBack: async () => void events.push('taken back'),
    });
    expect(count).toBe(3);
    expect(events).toEqual(['0 a begins', '0 ends', '1 b begins', '1 ends', '2 c begins', '2 ends']);
  });

  test('fill while the one before is under way', async () => {
    const arrived = Promise.withResolvers<void>();
    let asked = 0;
    const blocks = blocksOf('a', 'b', 'c');
    const writing = writeBlocks(
      {
        next() {
          asked += 1;
          return blocks.next();
        },
      },
      { send: () => arrived.promise, takeBack: async () => undefined },
    );
    await expect.poll(() => asked).toBe(2);
    arrived.resolve();
    await expect(writing).resolves.toBe(3);
  });
});

describe('a failure', () => {
  test('of sending is met at once, also while the body still waits for its client', async () => {
    const takenBack: number[] = [];
    const first = blocksOf('a');
    const waiting: AsyncIterator<Buffer, void> = {
      async next() {
        const next = await first.next();
        return next.done === true ? new Promise(() => undefined) : next;
      },
    };
    const writing = writeBlocks(waiting, {
      send: () => Promise.reject(new Error('refused')),
      takeBack: async (begun) => void takenBack.push(begun),
    });
    await expect(writing).rejects.toThrow('refused');
    expect(takenBack).toEqual([1]);
  });

  test('of the body waits for what is under way before it takes anything back', async () => {
    const events: string[] = [];
    const arrived = Promise.withResolvers<void>();
    const writing = writeBlocks(brokenBlocks(new Error('gone'), 'a', 'b'), {
      async send(_block, number) {
        if (number === 1) await arrived.promise;
        events.push(`${number} arrived`);
      },
      takeBack: async (begun) => void events.push(`${begun} taken back`),
    });
    await expect.poll(() => events).toEqual(['0 arrived']);
    arrived.resolve();
    await expect(writing).rejects.toThrow('gone');
    expect(events).toEqual(['0 arrived', '1 arrived', '2 taken back']);
  });

  test('to take back hides nothing of what went wrong before', async () => {
    const writing = writeBlocks(brokenBlocks(new Error('gone'), 'a'), {
      send: async () => undefined,
      takeBack: () => Promise.reject(new Error('and no answer either')),
    });
    await expect(writing).rejects.toThrow('gone');
  });
});
