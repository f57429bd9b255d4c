/** `npm run check`: types, lint, format and dead code over the whole repository; exit status 1 when anything is found. */
import { spawn } from 'node:child_process';
import { createPhases } from './phases.ts';

interface Check {
  readonly title: string;
  readonly argv: readonly [string, ...string[]];
}

const checks: readonly Check[] = [
  { title: 'types (tsc)', argv: ['tsc', '--project', '.'] },
  { title: 'lint (oxlint, type-aware)', argv: ['oxlint', '--type-aware', '--deny-warnings'] },
  { title: 'format (prettier)', argv: ['prettier', '--check', '--log-level=warn', '.'] },
  { title: 'dead code (knip)', argv: ['knip'] },
];

/** Runs a command with this terminal as its output; resolves to its exit status (1 when a signal ended it). */
function exitStatus([command, ...args]: readonly [string, ...string[]]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (status) => {
      resolve(status ?? 1);
    });
  });
}

const phases = createPhases(console.log, () => performance.now());
const failed: string[] = [];
for (const check of checks) {
  const status = await phases.run(check.title, () => exitStatus(check.argv));
  if (status !== 0) failed.push(check.title);
}
console.log(failed.length === 0 ? 'check: nothing found' : `check: found something in ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
