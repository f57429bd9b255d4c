import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';

/** A long-running program of ours. */
export interface StartedProcess {
  readonly name: string;
  readonly pid: number;
  readonly logPath: string;
  /** How it ended, once it has. */
  ending(): string | undefined;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

export interface ProcessOptions {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  /** The whole environment of the program: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Gets standard output and standard error; emptied first. */
  readonly logPath: string;
  /** `with-parent`: killed when this process ends in whatever way. `alone`: goes on, in a session of its own. */
  readonly lives: 'with-parent' | 'alone';
}

/** Starts a program. Rejects when it cannot be started at all, for example because there is no such file. */
export async function startProcess({ name, argv, env, logPath, lives }: ProcessOptions): Promise<StartedProcess> {
  const log = await open(logPath, 'w');
  const [program, ...args] = lives === 'with-parent' ? endingWithParent(argv) : argv;
  const child = spawn(program, args, { env, detached: lives === 'alone', stdio: ['ignore', log.fd, log.fd] });
  let ending: string | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (status, signal) => {
      ending = signal === null ? `exit status ${status}` : `signal ${signal}`;
      resolve();
    });
  });
  try {
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  } finally {
    await log.close();
  }
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} was started without a process id`);
  if (lives === 'alone') child.unref();
  return {
    name,
    pid,
    logPath,
    ending: () => ending,
    kill: async () => {
      if (ending !== undefined) return;
      child.ref();
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** setpriv (util-linux) makes the kernel send SIGKILL when the parent dies, prctl(2) PR_SET_PDEATHSIG. */
function endingWithParent(argv: readonly [string, ...string[]]): readonly [string, ...string[]] {
  return process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL', '--', ...argv] : argv;
}

/** Throws if the process has ended, with the last lines of its log, which say why. */
export async function expectRunning(started: StartedProcess): Promise<void> {
  const ending = started.ending();
  if (ending === undefined) return;
  throw new Error(`${started.name} ended (${ending}); ${await lastWords(started.logPath)}`);
}

/** The end of a log in words fit for an error message: where it is, and its last lines. */
export async function lastWords(logPath: string, lines = 8): Promise<string> {
  const text = await readFile(logPath, 'utf8').catch((error: unknown) => String(error));
  return `the end of ${logPath}:\n${text.trimEnd().split('\n').slice(-lines).join('\n')}`;
}
