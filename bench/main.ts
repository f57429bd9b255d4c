/** `npm run bench -- NAME`: one benchmark; prints a table of raw numbers and, last, the verdict. */
import { readFolders } from '../local/folders.ts';
import { createPhases } from '../local/phases.ts';
import { stopSignal } from '../local/stop-signal.ts';
import { bringUpSystem, orTakeDown, takeDownSystem } from '../local/system.ts';
import { operatorWrites } from './operator-writes.ts';
import { formatVerdict, passes } from './verdict.ts';

/** Benchmarks on the whole system, by the name that is written on the command line. */
const benchmarks = { 'operator-writes': operatorWrites };

const name = Object.keys(benchmarks).find((known): known is keyof typeof benchmarks => known === process.argv[2]);
if (name === undefined) {
  console.error(`usage: npm run bench -- NAME, with NAME one of: ${Object.keys(benchmarks).join(', ')}`);
  process.exit(2);
}

const stop = stopSignal();
const place = { name: 'bench', folders: readFolders(process.env), provider: 'bare', print: console.log } as const;
const options = { ...place, signal: stop };
const phases = createPhases(console.log, () => performance.now(), stop);
try {
  const system = await bringUpSystem({ ...options, phases });
  const verdict = await orTakeDown(options, () => benchmarks[name](system, console.log));
  await takeDownSystem(options);
  console.log(formatVerdict(verdict));
  process.exitCode = passes(verdict) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
// A benchmark that Ctrl-C interrupted may still wait for something; all of it has been taken down.
process.exit();
