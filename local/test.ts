/**
 * `npm test`: every layer of the tests, or those named as arguments, each with its seconds against a budget.
 * What this machine cannot run is named and skipped; with CI=true a skip is a failure. Ctrl-C ends the layer under way and
 * takes down the systems that it left.
 */
import { missingFor, thisMachine } from './capabilities.ts';
import { readFolders } from './folders.ts';
import { chosenLayers, formatResults, type Layer, type LayerResult } from './layers.ts';
import { stopSystem } from './system.ts';
import { runVitest, succeeds, type Counts } from './testing/vitest-run.ts';

const inCi = process.env['CI'] === 'true';

/** Names of the systems that the layers of need `cluster` bring up: e2e/test/system.ts, e2e/commands. */
const systemsOfTests = ['e2e', 'cli'];

/** Aborted by Ctrl-C. On a terminal what runs gets the signal too; from elsewhere it is passed on. */
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted.abort();
  });
}

async function runLayer(layer: Layer): Promise<Counts> {
  const missing = missingFor(layer.needs, thisMachine(process.env));
  if (missing.length > 0) {
    console.log(`${inCi ? 'cannot run' : 'skipped'}: ${layer.name} needs ${missing.join('; ')}`);
    return { passed: 0, failed: inCi ? 1 : 0, skipped: inCi ? 0 : 1 };
  }
  const { signal } = interrupted;
  if (layer.name === 'check') {
    const ok = await succeeds(['node', 'local/check.ts'], { output: 'terminal', signal });
    return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  }
  const [own, beside] = await Promise.all([
    runVitest(layer.name, { output: 'terminal', signal }),
    layer.beside === undefined ? undefined : runVitest(layer.beside, { output: 'afterwards', signal }),
  ]);
  if (beside === undefined) return own.counts;
  console.log(`\n==== ${layer.name}, beside it: ${layer.beside}\n${beside.printed}`);
  return {
    passed: own.counts.passed + beside.counts.passed,
    failed: own.counts.failed + beside.counts.failed,
    skipped: own.counts.skipped + beside.counts.skipped,
  };
}

/** A test runner that is interrupted runs no clean-up, and a cluster outlives whoever started it. */
async function takeDownSystems(): Promise<void> {
  const options = { provider: 'bare', folders: readFolders(process.env), print: console.log } as const;
  console.log('\nTaking down what the tests have started.');
  for (const name of systemsOfTests) await stopSystem({ ...options, name });
}

const results: LayerResult[] = [];
for (const layer of chosenLayers(process.argv.slice(2))) {
  console.log(`\n==== ${layer.name}: ${layer.what}`);
  const startedMs = performance.now();
  const counts = await runLayer(layer);
  results.push({ layer, seconds: (performance.now() - startedMs) / 1000, ...counts });
  if (!interrupted.signal.aborted) continue;
  if (layer.needs === 'cluster') await takeDownSystems();
  break;
}
console.log(`\n${formatResults(results)}`);
const bad = (result: LayerResult): boolean => result.failed > 0 || (inCi && result.skipped > 0);
// As a shell has it for a command that ended by SIGINT.
process.exitCode = interrupted.signal.aborted ? 130 : results.some(bad) ? 1 : 0;
