import { waitFor } from '../../host/waiting.ts';
import type { Operations } from '../operations.ts';
import type { Endpoint, RunningStandIn, StandIn } from '../cluster.ts';
import { linesOf, listStandIns, runStandIn, type CommandRunner, type KindNames } from './docker.ts';

/** How long a started program may take until it answers; the image is there by then. */
const ANSWER_DEADLINE_MS = 60_000;

export interface StandInPlace {
  readonly names: KindNames;
  readonly address: string;
  readonly run: CommandRunner;
  readonly during: Operations['during'];
}

/** Starts a stand-in as a container of the cluster's network; one of the same name that is there is removed first. */
export async function startStandInContainer(standIn: StandIn, place: StandInPlace): Promise<RunningStandIn> {
  const { names, address, run, during } = place;
  const container = names.standIn(standIn.name);
  const endpoint = { address, port: standIn.port };
  const docker = (verb: 'start' | 'pause' | 'unpause'): Promise<void> =>
    during(async (signal) => {
      await run(['docker', verb, container], { signal });
    });
  await during(async (signal) => {
    const earlier = linesOf(await run(listStandIns(names, standIn.name), { signal }));
    if (earlier.length > 0) await run(['docker', 'rm', '--force', '--volumes', ...earlier], { signal });
    await run(runStandIn(names, standIn.name, standIn.container, address), { signal });
  });
  const answering = (): Promise<void> => during((signal) => untilAnswering(standIn, endpoint, place, signal));
  await answering();
  return {
    name: standIn.name,
    endpoint,
    kill: () =>
      during(async (signal) => {
        await run(['docker', 'kill', container], { signal });
        // `kill` only sends the signal.
        await run(['docker', 'wait', container], { signal });
      }),
    pause: () => docker('pause'),
    resume: () => docker('unpause'),
    async start() {
      await docker('start');
      await answering();
    },
  };
}

async function untilAnswering(
  standIn: StandIn,
  endpoint: Endpoint,
  { names, run }: StandInPlace,
  signal: AbortSignal,
): Promise<void> {
  const container = names.standIn(standIn.name);
  const where = `${endpoint.address}:${endpoint.port}`;
  const state = ['docker', 'inspect', '--type', 'container', '--format', '{{.State.Status}}', container] as const;
  try {
    await waitFor(
      async () => {
        signal.throwIfAborted();
        if (await standIn.isAnswering(endpoint)) return true;
        const status = (await run(state, { signal })).trim();
        if (status === 'exited' || status === 'dead') throw new Error(`the container ${container} has ended`);
        return false;
      },
      { deadlineMs: ANSWER_DEADLINE_MS, everyMs: 200 },
      () =>
        `${standIn.name} answers at ${where} (Docker Desktop leads no host to a container: it takes Docker on Linux)`,
    );
  } catch (error) {
    signal.throwIfAborted();
    const last: string[] = [];
    await run(['docker', 'logs', '--tail', '20', container], { onLine: (line) => last.push(line) });
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${standIn.name} did not start: ${reason}; its last lines:\n${last.join('\n')}`, { cause: error });
  }
}
