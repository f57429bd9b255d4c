import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export type CommandLine = readonly [string, ...string[]];

export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment of the command; that of this process when left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What the command finds on its standard input; nothing when left out. */
  readonly input?: string;
  /** Everything that the command prints is appended to this file as well; its folder is made. */
  readonly logPath?: string;
  /** Called with every whole line of either stream, as it comes. */
  readonly onLine?: (line: string) => void;
  /** Aborting ends the command with all its children: SIGTERM at once, SIGKILL after `killAfterMs`. */
  readonly signal?: AbortSignal | undefined;
  /** Default 5000. */
  readonly killAfterMs?: number;
  /** Ctrl-C on the terminal does not reach the command: for what must not end half-way, such as a package installation. */
  readonly uninterrupted?: boolean;
}

/** A command that could not be started, ended with another status than 0, or was ended by a signal. */
export class CommandError extends Error {
  readonly argv: CommandLine;
  /** Null when the command did not start or was ended by a signal. */
  readonly exitStatus: number | null;
  /** The last lines of what the command printed on both streams. */
  readonly lastLines: readonly string[];

  constructor(argv: CommandLine, outcome: CommandOutcome) {
    super(failureText(argv, outcome), outcome.cause === undefined ? {} : { cause: outcome.cause });
    this.name = 'CommandError';
    this.argv = argv;
    this.exitStatus = outcome.exitStatus;
    this.lastLines = outcome.lastLines;
  }
}

export interface CommandOutcome {
  readonly exitStatus: number | null;
  readonly signalName?: string | null;
  readonly lastLines: readonly string[];
  readonly logPath?: string | undefined;
  readonly cause?: unknown;
}

const keptLines = 20;

/**
 * Runs a command (an argument list, no shell) to its end; resolves to its standard output. Rejects with a CommandError
 * when it fails, and with the reason of the signal when it was aborted, after the command has ended in both cases.
 */
export async function run(argv: CommandLine, options: RunOptions = {}): Promise<string> {
  options.signal?.throwIfAborted();
  const log = options.logPath === undefined ? undefined : openLog(options.logPath);
  try {
    return await runLogged(argv, options, log);
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

/** The message of a CommandError: command, how it ended, its last lines, and where the rest is. */
export function failureText(argv: CommandLine, outcome: CommandOutcome): string {
  const command = argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`));
  const text = [`${command.join(' ')}: ${endText(outcome)}`, ...outcome.lastLines.map((line) => `  ${line}`)];
  if (outcome.logPath !== undefined) text.push(`  (all of it: ${outcome.logPath})`);
  return text.join('\n');
}

function endText(outcome: CommandOutcome): string {
  if (outcome.exitStatus !== null) return `exit status ${outcome.exitStatus}`;
  if (outcome.signalName !== undefined && outcome.signalName !== null) return `ended by ${outcome.signalName}`;
  return `did not start: ${outcome.cause instanceof Error ? outcome.cause.message : String(outcome.cause)}`;
}

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  return openSync(path, 'a');
}

function runLogged(argv: CommandLine, options: RunOptions, log: number | undefined): Promise<string> {
  const [program, ...args] = argv;
  // A process group of its own, so that an abort can end the command's children too.
  const ownGroup = options.signal !== undefined || options.uninterrupted === true;
  const child = spawn(program, args, { cwd: options.cwd, env: options.env, stdio: 'pipe', detached: ownGroup });
  const stopListening = endOnAbort(child, options);
  const output: Buffer[] = [];
  const lastLines: string[] = [];
  const takeLine = (line: string): void => {
    if (lastLines.push(line) > keptLines) lastLines.shift();
    options.onLine?.(line);
  };
  const splitters = [child.stdout, child.stderr].map((stream) => {
    const splitter = splitLines(takeLine);
    stream.on('data', (chunk: Buffer) => {
      if (log !== undefined) writeSync(log, chunk);
      splitter.push(chunk.toString());
    });
    return splitter;
  });
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      stopListening();
      reject(new CommandError(argv, { exitStatus: null, lastLines, cause }));
    });
    child.once('close', (exitStatus, signalName) => {
      stopListening();
      for (const splitter of splitters) splitter.end();
      if (options.signal?.aborted === true) reject(asError(options.signal.reason));
      else if (exitStatus === 0) resolve(Buffer.concat(output).toString());
      else reject(new CommandError(argv, { exitStatus, signalName, lastLines, logPath: options.logPath }));
    });
    // A command may end before it has read its input; its exit status tells, not the broken pipe.
    child.stdin.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') reject(error);
    });
    child.stdin.end(options.input ?? '');
  });
}

/** Ends the process group of `child` when the signal is aborted; returns how to stop listening. */
function endOnAbort(child: ChildProcess, options: RunOptions): () => void {
  const { signal, killAfterMs = 5000 } = options;
  if (signal === undefined) return () => {};
  let killTimer: NodeJS.Timeout | undefined;
  const end = (): void => {
    signalGroup(child, 'SIGTERM');
    killTimer = setTimeout(() => {
      signalGroup(child, 'SIGKILL');
    }, killAfterMs);
  };
  signal.addEventListener('abort', end, { once: true });
  return () => {
    clearTimeout(killTimer);
    signal.removeEventListener('abort', end);
  };
}

function signalGroup(child: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    // ESRCH: the group has ended in the meantime, which is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function splitLines(take: (line: string) => void): { push(text: string): void; end(): void } {
  let rest = '';
  return {
    push(text) {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? '';
      lines.forEach(take);
    },
    end() {
      if (rest !== '') take(rest);
      rest = '';
    },
  };
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
