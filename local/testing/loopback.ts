import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningStandIn, StandIn } from '../cluster/cluster.ts';
import { freePorts } from '../host/free-ports.ts';
import { signalProcesses } from '../host/processes.ts';
import { expectRunning, lastWords, startProcess, type StartedProcess } from '../host/started-process.ts';
import { waitFor } from '../host/waiting.ts';

/** A stand-in that runs as a process of this user on 127.0.0.1, with a temporary folder of its own. */
export interface LoopbackStandIn extends RunningStandIn {
  /** Ends the process, if it runs, and removes its folder. Resolves when both are gone. */
  stop(): Promise<void>;
}

/** Long, for machines that are busy with something else: one that ended is noticed at once, whatever the deadline. */
const ANSWER_DEADLINE_MS = 120_000;

/**
 * Starts a stand-in on a free port of 127.0.0.1 and resolves when it answers. Rejects, with nothing left running, when
 * it ends before it answers or has not answered after two minutes; the error holds the end of what it printed.
 */
export async function startOnLoopback(standIn: StandIn): Promise<LoopbackStandIn> {
  const [port = 0] = await freePorts(1);
  const folder = await mkdtemp(join(tmpdir(), `${standIn.name}-`));
  const running = loopbackStandIn(standIn, folder, port);
  try {
    await running.start();
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
}

function loopbackStandIn(standIn: StandIn, folder: string, port: number): LoopbackStandIn {
  const { name } = standIn;
  const endpoint = { address: '127.0.0.1', port };
  const dataFolder = join(folder, 'data');
  const logPath = join(folder, 'log');
  let started: StartedProcess | undefined;
  const signal = (signalName: 'SIGSTOP' | 'SIGCONT'): Promise<void> => {
    if (started !== undefined) signalProcesses([started.pid], signalName);
    return Promise.resolve();
  };
  const kill = async (): Promise<void> => {
    await started?.kill();
    started = undefined;
  };
  return {
    name,
    endpoint,
    kill,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async start() {
      await mkdir(dataFolder, { recursive: true });
      const { argv, env } = standIn.process(endpoint, dataFolder);
      const inherited = { PATH: process.env['PATH'] ?? '', HOME: folder };
      started = await startProcess({ name, argv, env: { ...inherited, ...env }, logPath, lives: 'with-parent' });
      await answering(standIn, endpoint, started);
    },
    async stop() {
      // Nothing of it is to be kept, so there is nothing to end gracefully; SIGKILL also ends a paused process.
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answering(
  standIn: StandIn,
  endpoint: RunningStandIn['endpoint'],
  started: StartedProcess,
): Promise<void> {
  const answers = async (): Promise<boolean> => {
    await expectRunning(started);
    return standIn.isAnswering(endpoint);
  };
  try {
    await waitFor(answers, { deadlineMs: ANSWER_DEADLINE_MS, everyMs: 25 }, () => `${standIn.name} answers`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${standIn.name} did not start: ${reason}; ${await lastWords(started.logPath)}`, { cause: error });
  }
}
