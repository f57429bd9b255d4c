import { mkdir, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { inNamespace, runIp } from '../../host/network-namespaces.ts';
import { expectRunning, lastWords, startProcess } from '../../host/started-process.ts';
import type { StartedProcess } from '../../host/started-process.ts';
import { waitFor } from '../../host/waiting.ts';
import { createApiClient } from '../api-client.ts';
import type { ApiClient } from '../api-client.ts';
import { auditPolicy } from '../audit-policy.ts';
import { writeControlPlaneFiles } from '../control-plane-files.ts';
import { apiServerArgv, controllerManagerArgv, etcdArgv, schedulerArgv } from '../control-plane.ts';
import type { Argv } from '../control-plane.ts';
import { readCredentials } from '../kubeconfig.ts';
import type { NodeAddress } from '../addresses.ts';
import type { Context } from './context.ts';
import { memberBatches, switchBatches } from './network.ts';
import { kubeProxyHealthPort } from './node-settings.ts';
import { announceControlPlane, bootNode, nodeLogs, writeNodeFiles } from './node.ts';
import { together } from '../operations.ts';

/** The only user whose requests are recorded: the operator, as it runs in the cluster. */
const auditedUser = 'system:serviceaccount:docservice-system:docservice-operator';

const patience = { deadlineMs: 90_000, everyMs: 50 };

/** Starts control plane and nodes, all at once as far as they do not need each other; resolves when every node is ready. */
export async function bringUp(context: Context, stop: AbortSignal): Promise<void> {
  const { addresses, folders, names, plane, server } = context;
  await rm(folders.logs, { recursive: true, force: true });
  await Promise.all([folders.cluster, folders.logs].map((path) => mkdir(path, { recursive: true })));
  const network = async () => {
    await runIp(switchBatches(names, addresses), context);
    await runIp(memberBatches(names, addresses, { part: 'control', address: addresses.control }), context);
  };
  const files = async () => {
    const { control } = folders;
    const policy = auditPolicy(auditedUser);
    await writeControlPlaneFiles({
      folder: control,
      name: names.cluster,
      server,
      address: plane.address,
      auditPolicy: policy,
    });
  };
  await together(stop, [network, files]);
  stop.throwIfAborted();
  const core = [
    await launchInControl(context, 'etcd', etcdArgv(plane)),
    await launchInControl(context, 'kube-apiserver', apiServerArgv(plane)),
  ];
  const nodes = addresses.nodes.map((node) => (stop: AbortSignal) => bringUpNode(context, node, stop));
  await together(stop, [(stop) => startControllers(context, core, stop), ...nodes]);
}

async function bringUpNode(context: Context, node: NodeAddress, stop: AbortSignal): Promise<void> {
  await writeNodeFiles(context, node);
  stop.throwIfAborted();
  await waitForNode(context, { node, init: await bootNode(context, node) }, stop);
}

/** Waits for the API server, then starts what gives up when it finds none. */
async function startControllers(context: Context, core: readonly StartedProcess[], stop: AbortSignal): Promise<void> {
  const { plane } = context;
  await withApi(context, stop, async (api) => {
    await waitFor(
      async () => {
        stop.throwIfAborted();
        await Promise.all(core.map(expectRunning));
        return api.isReady();
      },
      patience,
      () => `the API server is ready; logs in ${context.folders.logs}`,
    );
    await launchInControl(context, 'kube-controller-manager', controllerManagerArgv(plane));
    await launchInControl(context, 'kube-scheduler', schedulerArgv(plane));
    await Promise.all(context.addresses.nodes.map((node) => announceControlPlane(context, node)));
  });
}

/**
 * Resolves when the node is ready to run pods and its NodePorts lead to them. `before`: what `lastHeartbeat` said before
 * the node was booted again, since its object goes on being ready for a while after it was killed.
 */
export async function waitForNode(
  context: Context,
  { node, init, before }: BootedNode,
  stop: AbortSignal,
): Promise<void> {
  let seen = 'it has not registered';
  const isReady = async (api: ApiClient) => {
    stop.throwIfAborted();
    await expectRunning(init);
    const condition = await readyCondition(api, node);
    seen = condition?.message ?? seen;
    const isNews = condition?.status === 'True' && condition.lastHeartbeatTime !== before;
    return isNews && (await isProxyHealthy(node.address));
  };
  await withApi(context, stop, (api) =>
    waitFor(
      () => isReady(api),
      patience,
      () => `${node.name} is ready (${seen})`,
    ),
  ).catch(async (error: unknown) => {
    stop.throwIfAborted();
    const logPath = join(nodeLogs(context, node), 'kubelet.log');
    throw new Error(`${String(error)}; ${await lastWords(logPath)}`, { cause: error });
  });
}

/** A node on its way. */
export interface BootedNode {
  readonly node: NodeAddress;
  readonly init: StartedProcess;
  readonly before?: string | undefined;
}

/** When the node last told the API server that it is well; undefined when it never did. */
export function lastHeartbeat(context: Context, node: NodeAddress, stop: AbortSignal): Promise<string | undefined> {
  return withApi(context, stop, async (api) => (await readyCondition(api, node))?.lastHeartbeatTime);
}

/** Undefined while the API server does not answer or does not know the node. */
async function readyCondition(api: ApiClient, node: NodeAddress): Promise<NodeCondition | undefined> {
  const answer = await api.get(`/api/v1/nodes/${node.name}`).catch(() => undefined);
  if (answer?.status !== 200) return undefined;
  const { status } = JSON.parse(answer.body) as {
    readonly status?: { readonly conditions?: readonly NodeCondition[] };
  };
  return status?.conditions?.find(({ type }) => type === 'Ready');
}

/** Kubernetes API, core/v1 NodeCondition. */
interface NodeCondition {
  readonly type: string;
  readonly status: string;
  readonly message: string;
  readonly lastHeartbeatTime: string;
}

function isProxyHealthy(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get({ host: address, port: kubeProxyHealthPort, path: '/healthz', timeout: 1_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => {
      resolve(false);
    });
  });
}

async function withApi<T>(context: Context, stop: AbortSignal, work: (api: ApiClient) => Promise<T>): Promise<T> {
  // The identity for calls to kubelets has all rights; it is one of the few whose key lies here as a file.
  const { authority, kubeletClient: client } = context.plane.files;
  const credentials = await readCredentials({ server: context.server, authority: authority.certificate, client });
  const api = createApiClient(credentials, stop);
  try {
    return await work(api);
  } finally {
    api.close();
  }
}

function launchInControl({ names, folders, env }: Context, name: string, argv: Argv): Promise<StartedProcess> {
  return startProcess({
    name,
    argv: inNamespace(names.controlNamespace, argv),
    env,
    logPath: join(folders.logs, `${name}.log`),
    lives: 'alone',
  });
}
