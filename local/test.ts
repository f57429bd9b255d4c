/**
 * `npm test`: every layer of the tests, or those named as arguments, each with its seconds against a budget.
 * What this machine cannot run is named and skipped; with CI=true a skip is a failure.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingFor, thisMachine } from './capabilities.ts';
import { chosenLayers, formatResults, type Layer, type LayerResult } from './layers.ts';

const inCi = process.env['CI'] === 'true';

/** The part of vitest's JSON report that is counted (vitest, docs/guide/reporters: JSON reporter). */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

/** Runs a command on this terminal; resolves to whether it ended with status 0. */
function succeeds([command, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('close', (status) => {
      resolve(status === 0);
    });
  });
}

type Counts = Omit<LayerResult, 'layer' | 'seconds'>;

async function runVitest(project: string): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'test-report-'));
  const reportPath = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
    const ok = await succeeds(['vitest', 'run', `--project=${project}`, ...reporters]);
    // No report: vitest itself ended early, for example by a signal.
    if (!existsSync(reportPath)) return { passed: 0, failed: 1, skipped: 0 };
    const report: VitestReport = JSON.parse(readFileSync(reportPath, 'utf8'));
    // A broken set-up, an unhandled error or a layer without a single test fails although no test did.
    const brokeOutside = report.numFailedTests === 0 && (!ok || report.numPassedTests === 0);
    return {
      passed: report.numPassedTests,
      failed: brokeOutside ? 1 : report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runLayer(layer: Layer): Promise<Counts> {
  const missing = missingFor(layer.needs, thisMachine(process.env));
  if (missing.length > 0) {
    console.log(`${inCi ? 'cannot run' : 'skipped'}: ${layer.name} needs ${missing.join('; ')}`);
    return { passed: 0, failed: inCi ? 1 : 0, skipped: inCi ? 0 : 1 };
  }
  if (layer.name !== 'check') return runVitest(layer.name);
  const ok = await succeeds(['node', 'local/check.ts']);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

const results: LayerResult[] = [];
for (const layer of chosenLayers(process.argv.slice(2))) {
  console.log(`\n==== ${layer.name}: ${layer.what}`);
  const startedMs = performance.now();
  const counts = await runLayer(layer);
  results.push({ layer, seconds: (performance.now() - startedMs) / 1000, ...counts });
}
console.log(`\n${formatResults(results)}`);
const bad = (result: LayerResult): boolean => result.failed > 0 || (inCi && result.skipped > 0);
process.exitCode = results.some(bad) ? 1 : 0;
