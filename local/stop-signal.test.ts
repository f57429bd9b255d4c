import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

/** A process that goes on after the stop until it is told to end. */
const source = `
  import { stopSignal } from ${JSON.stringify(join(import.meta.dirname, 'stop-signal.ts'))};
  const stop = stopSignal();
  stop.addEventListener('abort', () => console.log('aborted'));
  process.on('SIGUSR2', () => process.exit(stop.aborted ? 0 : 1));
  setInterval(() => {}, 1000);
  console.log('ready');`;

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s is a stop, and a second one does not cut the way down off',
  async (signal) => {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(String(await once(child.stdout, 'data'))).toBe('aborted\n');
    const ended = once(child, 'exit');
    child.kill(signal);
    child.kill('SIGUSR2');
    expect(await ended).toEqual([0, null]);
  },
  20_000,
);
