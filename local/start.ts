import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from './command-line.ts';
import { demonstrate } from './demonstration.ts';
import type { Folders } from './folders.ts';
import { createPhases, type Phases } from './phases.ts';
import { formatTable } from './table.ts';
import { bringUpSystem, leaveSystem, orTakeDown, takeDownSystem, type RunningSystem } from './system.ts';

type Print = (line: string) => void;

/**
 * `npm start`: the whole system, then a document stored and fetched. In the foreground it resolves when `stop` is
 * aborted (Ctrl-C) and everything has been taken down; with `--detach` as soon as the system runs. A failure on the way
 * takes everything down before it passes through.
 */
export async function start(command: Command, folders: Folders, print: Print, stop: AbortSignal): Promise<void> {
  const { name, provider } = command;
  const options = { name, provider, folders, print, signal: stop };
  const phases = createPhases(print, () => performance.now(), stop);
  try {
    const system = await bringUpSystem({ ...options, phases });
    await orTakeDown(options, () => show(system, phases, print));
  } catch (error) {
    if (stop.aborted && error === stop.reason) return;
    throw error;
  }
  if (command.detach && !stop.aborted) {
    await leaveSystem(options);
    print('\nIt goes on in the background: npm run status, npm stop.');
    return;
  }
  if (!stop.aborted) print('\nCtrl-C takes everything down.');
  await aborted(stop);
  print('\nTaking everything down.');
  await takeDownSystem(options);
}

async function show(system: RunningSystem, phases: Phases, print: Print): Promise<void> {
  const shown = await phases.run('a document stored and fetched through load balancer, NodePort and pod', () =>
    demonstrate(system.url),
  );
  print(formatPhases(phases));
  print(`\nPUT ${shown.url}: ${shown.putStatus}, ETag ${shown.etag}\nGET ${shown.url}: ${shown.content}\n`);
  print(await system.kubectl.run(['get', 'documentservices', '-o', 'wide']));
  print(nextSteps(system));
}

/** What took how long, for those who wonder where a start spends its time. */
function formatPhases(phases: Phases): string {
  const rows = phases.finished.map(({ title, seconds }) => [title, seconds.toFixed(1)]);
  return `\n${formatTable([['phase', 'seconds'], ...rows, ['in all', phases.wallSeconds().toFixed(1)]])}`;
}

type NextStepsFacts = Pick<RunningSystem, 'kubeconfigPath' | 'kubectlPath' | 'url'>;

/** Lines for a shell, to go on with. kubectl lies where the toolchain was built, which no PATH names. */
export function nextSteps({ kubeconfigPath, kubectlPath, url }: NextStepsFacts): string {
  return [
    `export PATH=${dirname(kubectlPath)}:$PATH`,
    `export KUBECONFIG=${kubeconfigPath}`,
    `kubectl get documentservices,pods`,
    `curl -i -X PUT --data-binary @README.md -H 'Content-Type: text/markdown' ${url}/documents/readme`,
    `curl -i ${url}/documents/readme`,
    `curl -s ${url}/health`,
  ].join('\n');
}

/** Resolves to undefined once the signal is aborted. */
async function aborted(signal: AbortSignal): Promise<undefined> {
  while (!signal.aborted) {
    await delay(1 << 30, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
  return undefined;
}
