/** Turns the many lines of a long build into a few that say how far it is. */
export interface Progress {
  take(line: string): void;
}

/**
 * Progress of a `go build -v`, which prints `go: downloading MODULE VERSION` for each module and the import path of
 * each package that it compiles. Prints the counts at most once every `everyMs`.
 */
export function createGoProgress(print: (line: string) => void, nowMs: () => number, everyMs = 10_000): Progress {
  let modules = 0;
  let packages = 0;
  let printedMs = nowMs();
  return {
    take(line) {
      if (line.startsWith('go: downloading ')) modules += 1;
      else if (/^[\w./~-]+$/.test(line)) packages += 1;
      else return;
      if (nowMs() - printedMs < everyMs) return;
      printedMs = nowMs();
      print(`${packages === 0 ? `${modules} modules downloaded` : `${packages} packages compiled`} ...`);
    },
  };
}
