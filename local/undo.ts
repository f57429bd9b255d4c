/**
 * Does `work`; when it fails, does `undo` and passes the failure of `work` on. A failure of `undo` is only said, since it
 * is mostly a consequence, and the first one is what has to be mended.
 */
export async function undoOnFailure<T>(
  work: () => Promise<T>,
  undo: () => Promise<void>,
  print: (line: string) => void,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await undo().catch((second: unknown) => {
      print(`Taking it down failed too: ${second instanceof Error ? second.message : String(second)}`);
    });
    throw error;
  }
}
