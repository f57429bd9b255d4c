import type { TestProject } from 'vitest/node';
import { readFolders } from '../../local/folders.ts';
import { createPhases } from '../../local/phases.ts';
import { bringUpSystem, takeDownSystem } from '../../local/system.ts';
import { undoOnFailure } from '../../local/undo.ts';
import { serveControl } from './control.ts';

/**
 * vitest's globalSetup: brings up a system named `e2e` beside any other, tells the tests where it is, and takes it down
 * after the last one. Taking down fails, and with it the run, when anything is left on this machine.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const options = { name: 'e2e', provider: 'bare', folders: readFolders(process.env), print: console.log } as const;
  const phases = createPhases(console.log, () => performance.now());
  const takeDown = (): Promise<void> => phases.run('taking the system down', () => takeDownSystem(options));
  // What it made on the way is its own to undo; from then on it is for us to do.
  const system = await bringUpSystem({ ...options, phases });
  return undoOnFailure(async () => {
    const control = await serveControl(system.cluster, system.standIns);
    const { kubeconfigPath, kubectlPath, url, sample, serviceImageArchive, auditLogPath } = system;
    const facts = { kubeconfigPath, kubectlPath, url, sample, serviceImageArchive, auditLogPath };
    project.provide('system', { ...facts, nodes: system.cluster.nodes, controlUrl: control.url });
    return async () => {
      await control.close();
      await takeDown();
    };
  }, takeDown);
}
