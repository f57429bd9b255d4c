import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findNamespaces, inNamespace, namespacePath, removeNamespace, runIp } from '../../host/network-namespaces.ts';
import { endProcesses, processesInNetworkNamespaces, signalProcesses } from '../../host/processes.ts';
import { expectRunning, lastWords, startProcess } from '../../host/started-process.ts';
import { waitFor } from '../../host/waiting.ts';
import type { Endpoint, RunningStandIn, StandIn } from '../cluster.ts';
import type { Context } from './context.ts';
import { memberBatches, unplugBatch } from './network.ts';

const answerDeadlineMs = 60_000;

/**
 * Starts a stand-in on a machine of its own: a namespace at the stand-in's address. One of the same name that is there
 * already is removed first. `during` wraps each of its later operations.
 */
export async function startStandIn(
  context: Context,
  standIn: StandIn,
  during: <T>(work: (stop: AbortSignal) => Promise<T>) => Promise<T>,
): Promise<RunningStandIn> {
  const { name, port } = standIn;
  const endpoint = { address: context.addresses.standIn(name), port };
  const namespace = context.names.of(name);
  const members = () => processesInNetworkNamespaces([namespacePath(namespace)]);
  const launch = () => during((stop) => launchStandIn(context, standIn, endpoint, stop));
  if ((await findNamespaces((found) => found === namespace)).length > 0) {
    await endProcesses(members);
    await runIp([unplugBatch(context.names, name)], context);
    await removeNamespace(namespace);
  }
  await runIp(memberBatches(context.names, context.addresses, { part: name, address: endpoint.address }), context);
  await launch();
  const signal = async (which: 'SIGSTOP' | 'SIGCONT') => {
    const pids = await members();
    if (pids.length === 0) throw new Error(`the stand-in ${name} does not run`);
    signalProcesses(pids, which);
  };
  return {
    name,
    endpoint,
    kill: () => during(() => endProcesses(members)),
    pause: () => during(() => signal('SIGSTOP')),
    resume: () => during(() => signal('SIGCONT')),
    start: launch,
  };
}

async function launchStandIn(context: Context, standIn: StandIn, endpoint: Endpoint, stop: AbortSignal): Promise<void> {
  const dataFolder = context.folders.standIn(standIn.name);
  const logPath = join(context.folders.logs, `${standIn.name}.log`);
  await mkdir(dataFolder, { recursive: true });
  const { argv, env } = standIn.process(endpoint, dataFolder);
  const started = await startProcess({
    name: standIn.name,
    argv: inNamespace(context.names.of(standIn.name), argv),
    env: { ...context.env, HOME: dataFolder, ...env },
    logPath,
    lives: 'alone',
  });
  await waitFor(
    async () => {
      stop.throwIfAborted();
      await expectRunning(started);
      return standIn.isAnswering(endpoint);
    },
    { deadlineMs: answerDeadlineMs, everyMs: 50 },
    () => `${standIn.name} answers at ${endpoint.address}:${endpoint.port}`,
  ).catch(async (error: unknown) => {
    stop.throwIfAborted();
    throw new Error(`${standIn.name} did not start; ${await lastWords(logPath)}`, { cause: error });
  });
}
