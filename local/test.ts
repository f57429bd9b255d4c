/**
 * `npm test`: every layer of the tests, or those named as arguments, each with its seconds against a budget.
 * What this machine cannot run is named and skipped; with CI=true a skip is a failure. Ctrl-C ends the layer under way and
 * takes down the systems that it left.
 */
import { thisMachine } from './capabilities.ts';
import { readFolders } from './folders.ts';
import { missingForLayer, supplyOf } from './layer-needs.ts';
import { chosenLayers, formatResults, stagesOf, type Layer, type LayerResult } from './layers.ts';
import { stopSystem } from './system.ts';
import { runVitest, succeeds, type Counts, type Manner } from './testing/vitest-run.ts';
import { aptObstacle } from './toolchain/machine.ts';

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

async function countsOf(layer: Layer, manner: Manner): Promise<Counts> {
  const { env } = process;
  const supply = { requirements: supplyOf(layer.needs, env, readFolders(env)), obstacle: aptObstacle() };
  const missing = await missingForLayer(layer.needs, thisMachine(env), supply);
  if (missing.length > 0) {
    console.log(`${inCi ? 'cannot run' : 'skipped'}: ${layer.name} needs ${missing.join('; ')}`);
    return { passed: 0, failed: inCi ? 1 : 0, skipped: inCi ? 0 : 1 };
  }
  if (layer.name === 'check') {
    const ok = await succeeds(['node', 'local/check.ts'], manner);
    return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  }
  const { counts, printed } = await runVitest(layer.name, manner);
  if (manner.output === 'afterwards') kept.push(`\n==== ${layer.name}: ${layer.what}\n${printed}`);
  return counts;
}

/** What layers printed that ran beside another one. */
const kept: string[] = [];

async function runLayers(chosen: readonly Layer[], output: Manner['output']): Promise<readonly LayerResult[]> {
  const ended: LayerResult[] = [];
  for (const layer of chosen) {
    if (interrupted.signal.aborted) break;
    if (output === 'terminal') console.log(`\n==== ${layer.name}: ${layer.what}`);
    const startedMs = performance.now();
    const counts = await countsOf(layer, { output, signal: interrupted.signal });
    ended.push({ layer, seconds: (performance.now() - startedMs) / 1000, ...counts });
  }
  return ended;
}

/** A test runner that is interrupted runs no clean-up, and a cluster outlives whoever started it. */
async function takeDownSystems(): Promise<void> {
  const options = { provider: 'bare', folders: readFolders(process.env), print: console.log } as const;
  console.log('\nTaking down what the tests have started.');
  for (const name of systemsOfTests) await stopSystem({ ...options, name });
}

const begunMs = performance.now();
const results: LayerResult[] = [];
for (const { first, beside } of stagesOf(chosenLayers(process.argv.slice(2)))) {
  const ended = await Promise.all([runLayers([first], 'terminal'), runLayers(beside, 'afterwards')]);
  results.push(...ended.flat());
  for (const text of kept.splice(0)) console.log(text);
  if (!interrupted.signal.aborted) continue;
  if (first.needs === 'cluster') await takeDownSystems();
  break;
}
console.log(`\n${formatResults(results, (performance.now() - begunMs) / 1000)}`);
const bad = (result: LayerResult): boolean => result.failed > 0 || (inCi && result.skipped > 0);
// As a shell has it for a command that ended by SIGINT.
process.exitCode = interrupted.signal.aborted ? 130 : results.some(bad) ? 1 : 0;
