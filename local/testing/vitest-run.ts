import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LayerResult } from '../layers.ts';

/** How many tests passed, failed and were skipped. */
export type Counts = Omit<LayerResult, 'layer' | 'seconds'>;

/** How a command runs. */
export interface Manner {
  /** To this terminal as it comes, or kept for afterwards, where another command writes to it at the same time. */
  readonly output: 'terminal' | 'afterwards';
  /** Aborting asks the command to end (SIGTERM). */
  readonly signal: AbortSignal;
}

/** The part of vitest's JSON report that is counted (vitest, docs/guide/reporters: JSON reporter). */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

/** Runs a command to its end; resolves to whether it ended with status 0. */
export async function succeeds(argv: readonly [string, ...string[]], manner: Manner): Promise<boolean> {
  return (await runToEnd(argv, manner)).ok;
}

/** Runs one vitest project in a process of its own; resolves, whatever happens to it, to what came out of it. */
export async function runVitest(
  project: string,
  manner: Manner,
): Promise<{ readonly counts: Counts; readonly printed: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'test-report-'));
  const reportPath = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
    const { ok, printed } = await runToEnd(['vitest', 'run', `--project=${project}`, ...reporters], manner);
    // No report: vitest itself ended early, for example by a signal.
    if (!existsSync(reportPath)) return { counts: { passed: 0, failed: 1, skipped: 0 }, printed };
    const report: VitestReport = JSON.parse(readFileSync(reportPath, 'utf8'));
    // A broken set-up, an unhandled error or a layer without a single test fails although no test did.
    const brokeOutside = report.numFailedTests === 0 && (!ok || report.numPassedTests === 0);
    const counts = {
      passed: report.numPassedTests,
      failed: brokeOutside ? 1 : report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
    };
    return { counts, printed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runToEnd(
  [command, ...args]: readonly [string, ...string[]],
  { output, signal }: Manner,
): Promise<{ readonly ok: boolean; readonly printed: string }> {
  return new Promise((resolve, reject) => {
    const stream = output === 'terminal' ? 'inherit' : 'pipe';
    const child = spawn(command, args, { stdio: ['ignore', stream, stream] });
    const chunks: Buffer[] = [];
    for (const from of [child.stdout, child.stderr]) from?.on('data', (chunk: Buffer) => chunks.push(chunk));
    const end = (): void => {
      child.kill('SIGTERM');
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    child.once('error', reject);
    child.once('close', (status) => {
      signal.removeEventListener('abort', end);
      resolve({ ok: status === 0, printed: Buffer.concat(chunks).toString() });
    });
  });
}
