/** How the blocks of one content are sent and, should one of them fail, taken back. */
export interface BlockWriter {
  /** Sends a block; they are numbered from 0. */
  readonly send: (block: Buffer, number: number) => Promise<void>;
  /** Takes back the first so many blocks; some of them may not have arrived. */
  readonly takeBack: (begun: number) => Promise<void>;
}

/**
 * Sends blocks one after the other, with the next one filling while one is under way. Returns how many there were.
 * A failure of either side is met at once, also while the other is still waiting, and takes back what was begun.
 *
 * @throws what failed first. A failure to take back is not reported: what stays is what a crash leaves as well.
 */
export async function writeBlocks(blocks: AsyncIterator<Buffer, void>, writer: BlockWriter): Promise<number> {
  let begun = 0;
  let underWay = Promise.resolve();
  try {
    for (;;) {
      const [next] = await Promise.all([blocks.next(), underWay]);
      if (next.done === true) return begun;
      underWay = writer.send(next.value, begun);
      begun += 1;
    }
  } catch (error) {
    // Whatever is still under way has to be over first, or it would arrive after having been taken back.
    await Promise.allSettled([underWay]);
    await Promise.allSettled([writer.takeBack(begun)]);
    throw error;
  }
}
