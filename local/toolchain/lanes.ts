/**
 * Does `work` on the items of several lanes: in each one after the other, the lanes side by side. One item fetches while
 * another computes. The first failure aborts the signal of all others, and is what it rejects with once none runs any more.
 */
export async function inLanes<T>(
  lanes: readonly (readonly T[])[],
  stop: AbortSignal | undefined,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failure = new AbortController();
  const signal = AbortSignal.any([failure.signal, ...(stop === undefined ? [] : [stop])]);
  const goAlong = async (lane: readonly T[]): Promise<void> => {
    for (const item of lane) {
      signal.throwIfAborted();
      await work(item, signal);
    }
  };
  const ended = await Promise.allSettled(
    lanes.map((lane) =>
      goAlong(lane).catch((error: unknown) => {
        failure.abort(error);
        throw error;
      }),
    ),
  );
  if (failure.signal.aborted) throw failure.signal.reason;
  const rejected = ended.find((lane) => lane.status === 'rejected');
  if (rejected !== undefined) throw rejected.reason;
}
