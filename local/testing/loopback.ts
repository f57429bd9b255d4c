import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint, RunningStandIn, StandIn, StandInProcess } from '../cluster/cluster.ts';

/** A stand-in that runs as a process of this user on 127.0.0.1, with a temporary folder of its own. */
export interface LoopbackStandIn extends RunningStandIn {
  /** Ends the process, if it runs, and removes its folder. Resolves when both are gone. */
  stop(): Promise<void>;
}

const ANSWER_DEADLINE_MS = 30_000;
const POLL_INTERVAL_MS = 25;

/**
 * Starts a stand-in on a free port of 127.0.0.1 and resolves when it answers. Rejects, with nothing left running, when
 * it ends before it answers or has not answered after 30 s; the error holds the end of what it printed.
 */
export async function startOnLoopback(standIn: StandIn): Promise<LoopbackStandIn> {
  const folder = await mkdtemp(join(tmpdir(), `${standIn.name}-`));
  const dataFolder = join(folder, 'data');
  await mkdir(dataFolder);
  const endpoint = { address: '127.0.0.1', port: await freePort() };
  const running = new LoopbackProcess(standIn, endpoint, folder, standIn.process(endpoint, dataFolder));
  try {
    await running.start();
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}

class LoopbackProcess implements LoopbackStandIn {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly #standIn: StandIn;
  readonly #folder: string;
  readonly #process: StandInProcess;
  #child: ChildProcess | undefined;

  constructor(standIn: StandIn, endpoint: Endpoint, folder: string, process: StandInProcess) {
    this.name = standIn.name;
    this.endpoint = endpoint;
    this.#standIn = standIn;
    this.#folder = folder;
    this.#process = process;
  }

  async start(): Promise<void> {
    const logPath = join(this.#folder, 'log');
    const log = openSync(logPath, 'a');
    // The kernel ends the child when this process is gone, also after a SIGKILL that leaves no chance to clean up.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...this.#process.argv], {
      env: { ...process.env, ...this.#process.env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#child = child;
    await once(child, 'spawn');
    const deadlineMs = performance.now() + ANSWER_DEADLINE_MS;
    while (!(await this.#standIn.isAnswering(this.endpoint))) {
      if (hasEnded(child) || performance.now() > deadlineMs) {
        const outcome = hasEnded(child) ? `ended with status ${child.exitCode ?? child.signalCode}` : 'does not answer';
        throw new Error(`${this.name} ${outcome}: ${(await readFile(logPath, 'utf8')).slice(-2000)}`);
      }
      await delay(POLL_INTERVAL_MS);
    }
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  pause(): Promise<void> {
    this.#child?.kill('SIGSTOP');
    return Promise.resolve();
  }

  resume(): Promise<void> {
    this.#child?.kill('SIGCONT');
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    // Nothing of it is to be kept, so there is nothing to end gracefully; SIGKILL works on a paused process too.
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
