import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cgroupSteps, findCgroups, makeCgroup, removeCgroups } from '../../host/cgroups.ts';
import { inNamespace, namespacePath, removeNamespace, runIp } from '../../host/network-namespaces.ts';
import { endProcesses, processesInNetworkNamespaces } from '../../host/processes.ts';
import { startProcess } from '../../host/started-process.ts';
import type { StartedProcess } from '../../host/started-process.ts';
import { issueCertificate } from '../certificates.ts';
import type { Identity } from '../certificates.ts';
import { writeKubeconfig } from '../kubeconfig.ts';
import type { NodeAddress } from '../addresses.ts';
import type { Context } from './context.ts';
import { memberBatches, unplugBatch } from './network.ts';
import { nodeFiles } from './node-settings.ts';

const initScript = fileURLToPath(new URL('node-init.sh', import.meta.url));

/** Writes everything that a node finds on its disk; keys and certificates by the cluster's own authority. */
export async function writeNodeFiles(context: Context, node: NodeAddress): Promise<void> {
  const { folders, names, snapshotter, plane } = context;
  const folder = folders.node(node.name);
  const logs = nodeLogs(context, node);
  await Promise.all([join(folder, 'cni'), logs].map((path) => mkdir(path, { recursive: true })));
  const files = nodeFiles({ node, folder, logs, cgroup: names.of(node.name), snapshotter });
  await Promise.all([
    ...Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)),
    copyFile(plane.files.authority.certificate, join(folder, 'ca.crt')),
    copyFile(context.pauseImageArchive, join(folder, 'pause.tar')),
    writeIdentity(context, folder, 'kubelet', {
      commonName: `system:node:${node.name}`,
      organization: 'system:nodes',
      dnsNames: [node.name],
      addresses: [node.address],
    }),
    writeIdentity(context, folder, 'kube-proxy', { commonName: 'system:kube-proxy' }),
  ]);
}

/** Who a program of a node is: `PROGRAM.crt`, `PROGRAM.key` and `PROGRAM.kubeconfig` in the node's folder. */
async function writeIdentity(context: Context, folder: string, program: string, identity: Identity): Promise<void> {
  const { names, server, plane } = context;
  const { authority } = plane.files;
  const client = await issueCertificate(folder, authority, program, identity);
  const access = { server, authority: authority.certificate, client };
  await writeKubeconfig(join(folder, `${program}.kubeconfig`), names.cluster, access);
}

/** Tells a node, booted or not, that the API server is ready. */
export async function announceControlPlane({ folders }: Context, node: NodeAddress): Promise<void> {
  await mkdir(folders.node(node.name), { recursive: true });
  await writeFile(join(folders.node(node.name), 'control-plane-ready'), '');
}

/** Plugs a node in and boots it from its files. Resolves as soon as it is on its way. */
export async function bootNode(context: Context, node: NodeAddress): Promise<StartedProcess> {
  const { folders, names, plane, toolchain } = context;
  const steps = cgroupSteps(context.cgroups, names.of(node.name));
  await Promise.all(steps.map(makeCgroup));
  await runIp(memberBatches(names, context.addresses, { part: node.name, address: node.address }), context);
  const unshare: readonly string[] = ['--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child'];
  return startProcess({
    name: node.name,
    argv: inNamespace(names.of(node.name), ['unshare', ...unshare, 'bash', initScript]),
    lives: 'alone',
    logPath: join(nodeLogs(context, node), 'init.log'),
    env: {
      ...context.env,
      NODE_NAME: node.name,
      NODE_ADDRESS: node.address,
      NODE_FOLDER: folders.node(node.name),
      NODE_LOGS: nodeLogs(context, node),
      NODE_PROGRAMS: [...new Set([toolchain.kubelet, toolchain.kubeProxy].map(dirname))].join(':'),
      KUBELET: toolchain.kubelet,
      KUBE_PROXY: toolchain.kubeProxy,
      PAUSE_IMAGE: join(folders.node(node.name), 'pause.tar'),
      API_HOST: plane.address,
      API_PORT: String(plane.ports.apiServer),
    },
  });
}

/** Ends a node as a loss of power would: its cable first, so that it falls silent, then every process at once. */
export async function cutNode(context: Context, node: NodeAddress): Promise<void> {
  const { names } = context;
  const namespace = names.of(node.name);
  await runIp([unplugBatch(names, node.name)], context);
  await endProcesses(() => processesInNetworkNamespaces([namespacePath(namespace)]));
  await removeNamespace(namespace);
  await removeCgroups(await findCgroups(context.cgroups, (name) => name === namespace));
}

/** Folder with the logs of a node's programs and pods. */
export function nodeLogs({ folders }: Context, node: NodeAddress): string {
  return join(folders.logs, node.name);
}
