import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from '../test/eventually.ts';

const repository = join(import.meta.dirname, '..', '..');

/** A command of this repository that runs, as somebody at a terminal would see it. */
export interface RunningCommand {
  readonly child: ChildProcess;
  /** What it has printed so far, on both streams. */
  printed(): string;
  /** Resolves when it has printed this; rejects, with what it printed, when it ends before or takes too long. */
  whenPrinted(text: string | RegExp, deadlineMs: number): Promise<void>;
  /** Resolves, when it has ended and nobody holds its output any more, to its exit status (null: by a signal). */
  readonly ended: Promise<number | null>;
  /** A signal to it and all its children, as Ctrl-C on a terminal sends SIGINT. */
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void;
}

/** Starts a command in the repository, in a process group of its own, with these variables besides those of the test. */
export function runCommand(
  [program, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): RunningCommand {
  const child = spawn(program, args, {
    cwd: repository,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const holds = (wanted: string | RegExp): boolean =>
    typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
  return {
    child,
    printed: () => text,
    ended,
    async whenPrinted(wanted, deadlineMs) {
      const isOver = await eventually(async () => {
        if (holds(wanted)) return false;
        if (child.exitCode !== null || child.signalCode !== null) return true;
        throw new Error(`'${String(wanted)}' was not printed: ${text}`);
      }, deadlineMs);
      if (isOver && !holds(wanted)) throw new Error(`it ended without '${String(wanted)}': ${text}`);
    },
    signal(name) {
      if (child.pid === undefined) throw new Error('the command did not start');
      process.kill(-child.pid, name);
    },
  };
}
