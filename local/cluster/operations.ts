/**
 * The operations under way on one cluster in this process. Taking a cluster down first stops them and waits until they
 * have ended: otherwise a bring-up that is still running would make anew what was just removed.
 */
export interface Operations {
  /** Does some work that looks at `stop` between its steps. Rejects at once while everything is being stopped. */
  readonly during: <T>(work: (stop: AbortSignal) => Promise<T>) => Promise<T>;
  /** Stops what is under way, waits for its end, and then does `work` with nothing beside it. */
  readonly afterAll: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Operations that know of each other; nothing is under way. */
export function createOperations(): Operations {
  const underWay = new Set<Promise<unknown>>();
  let stopping = new AbortController();
  let last: Promise<unknown> = Promise.resolve();
  const settled = async (promises: Iterable<Promise<unknown>>) => {
    await Promise.allSettled(promises);
  };
  return {
    async during(work) {
      const { signal } = stopping;
      signal.throwIfAborted();
      const working = work(signal);
      underWay.add(working);
      try {
        return await working;
      } finally {
        underWay.delete(working);
      }
    },
    async afterAll(work) {
      const mine = stopping;
      mine.abort(new Error('the cluster is being taken down'));
      const before = last;
      const working = settled([...underWay, before]).then(work);
      last = working;
      try {
        return await working;
      } finally {
        if (last === working) stopping = new AbortController();
      }
    },
  };
}

/**
 * Does several works at once. When one fails, the others are told to stop; rejects with the first failure, but not before
 * all have ended.
 */
export async function together(
  stop: AbortSignal,
  works: readonly ((stop: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const failing = new AbortController();
  const signal = AbortSignal.any([stop, failing.signal]);
  await Promise.all(
    works.map((work) =>
      work(signal).catch((error: unknown) => {
        failing.abort(error);
      }),
    ),
  );
  failing.signal.throwIfAborted();
}
