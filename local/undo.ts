/**
 * Does `work`; when it fails, does `undo` and passes the failure of `work` on. A failure of `undo` is added to its message
 * and never takes its place, since it is mostly a consequence, and the first one is what has to be mended.
 */
export async function undoOnFailure<T>(work: () => Promise<T>, undo: () => Promise<void>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await undo().catch((second: unknown) => {
      const text = `${messageOf(error)}\nTaking everything down failed too: ${messageOf(second)}`;
      throw new Error(text, { cause: error });
    });
    throw error;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Does `work`; rejects with the signal's reason as soon as it is aborted, even when `work` looks at nothing. What `work`
 * goes on to do then is up to whoever undoes it.
 */
export async function unlessStopped<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal === undefined) return work();
  signal.throwIfAborted();
  const over = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void => {
      reject(reasonOf(signal));
    };
    signal.addEventListener('abort', stop, { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([work(), stopped]);
  } finally {
    over.abort();
  }
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
