import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { CommandLine, RunOptions } from '../../processes/run.ts';
import type { StandIn } from '../cluster.ts';
import { createKindCluster, type KindCluster } from './kind-cluster.ts';

/** A cluster on a Docker engine that answers as the real one did; it remembers every command line. */
interface Rehearsal {
  readonly cluster: KindCluster;
  readonly folder: string;
  readonly commands: string[];
  readonly environments: Map<string, RunOptions['env']>;
  /** What a command prints from now on, by how it begins; an error makes it fail. */
  readonly prints: Map<string, string | Error | (() => string)>;
}

async function rehearse(): Promise<Rehearsal> {
  const folder = await mkdtemp(join(tmpdir(), 'kind-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const commands: string[] = [];
  const environments = new Map<string, RunOptions['env']>();
  const prints: Rehearsal['prints'] = new Map([
    ['docker inspect --type container --format {{.Name}}', '/ds-one-worker 10.93.0.130\n/ds-one-worker2 10.93.0.128\n'],
    ['docker inspect --type container --format {{.State.Status}}', 'running\n'],
  ]);
  const run = async (argv: CommandLine, options: RunOptions = {}): Promise<string> => {
    const command = argv.join(' ');
    commands.push(command);
    environments.set(command, options.env);
    const answer = [...prints].findLast(([beginning]) => command.startsWith(beginning))?.[1] ?? '';
    if (answer instanceof Error) throw answer;
    return typeof answer === 'function' ? answer() : answer;
  };
  const cluster = createKindCluster({
    name: 'one',
    subnetIndex: 93,
    stateFolder: join(folder, 'state'),
    logFolder: join(folder, 'logs'),
    kind: '/bin/kind',
    env: { DOCKER_HOST: 'unix:///run/docker.sock' },
    run,
  });
  return { cluster, folder, commands, environments, prints };
}

/** A cluster that is up, its commands so far forgotten. */
async function rehearsedCluster(): Promise<Rehearsal> {
  const rehearsal = await rehearse();
  await rehearsal.cluster.up();
  rehearsal.commands.length = 0;
  return rehearsal;
}

const store: StandIn = {
  name: 's3',
  port: 9000,
  process: () => ({ argv: ['never'] }),
  container: {
    image: 'store:1.2.3',
    args: ['--port', ':9000'],
    env: { KEY: 'a b' },
    files: { '/etc/store.conf': '/store.conf' },
  },
  isAnswering: ({ address, port }) => Promise.resolve(address === '10.93.0.5' && port === 9000),
};

test('coming up makes a network, the nodes from cluster.yaml, waits for all of them, and takes kubectl along', async () => {
  const { cluster, folder, commands, environments } = await rehearse();
  await cluster.up();
  const kubeconfig = join(folder, 'state', 'one', 'kubeconfig');
  const config = join(import.meta.dirname, 'cluster.yaml');
  const create = `/bin/kind create cluster --name ds-one --kubeconfig ${kubeconfig} --config ${config} --wait 120s --retain`;
  expect(commands.slice(3)).toEqual([
    'docker network create --driver bridge --subnet 10.93.0.0/24 --gateway 10.93.0.1 --ip-range 10.93.0.128/25 --label dev.docservice.cluster=one ds-one',
    create,
    'docker exec ds-one-control-plane kubectl --kubeconfig=/etc/kubernetes/admin.conf wait --for=condition=Ready nodes --all --timeout=120s',
    `docker cp --follow-link ds-one-control-plane:/usr/bin/kubectl ${cluster.kubectlPath}`,
    'docker inspect --type container --format {{.Name}} {{(index .NetworkSettings.Networks "ds-one").IPAddress}} ds-one-worker ds-one-worker2',
  ]);
  expect(environments.get(create)).toEqual({
    DOCKER_HOST: 'unix:///run/docker.sock',
    KIND_EXPERIMENTAL_PROVIDER: 'docker',
    KIND_EXPERIMENTAL_DOCKER_NETWORK: 'ds-one',
  });
  expect(cluster.kubeconfigPath).toBe(kubeconfig);
});

test('coming up first removes what an earlier run left', async () => {
  const { cluster, commands, prints } = await rehearse();
  prints.set('docker ps --all --quiet', 'aaa\nbbb\n');
  prints.set('docker network ls --quiet', 'ccc\n');
  await cluster.up();
  expect(commands.slice(0, 5)).toEqual([
    'docker ps --all --quiet --filter label=dev.docservice.cluster=one',
    'docker rm --force --volumes aaa bbb',
    `/bin/kind delete cluster --name ds-one --kubeconfig ${cluster.kubeconfigPath}`,
    'docker network ls --quiet --filter label=dev.docservice.cluster=one',
    'docker network rm ccc',
  ]);
});

test('nodes have names from the start, and addresses once the cluster is up', async () => {
  const { cluster } = await rehearse();
  expect(cluster.nodes.map(({ name }) => name)).toEqual(['ds-one-worker', 'ds-one-worker2']);
  expect(() => cluster.nodes.map(({ address }) => address)).toThrow(
    /ds-one-worker is not known before the cluster is up/,
  );
  await cluster.up();
  expect(cluster.nodes.map(({ address }) => address)).toEqual(['10.93.0.130', '10.93.0.128']);
});

test('a cluster that does not come up says why, and where the logs of its nodes are', async () => {
  const { cluster, folder, commands, prints } = await rehearse();
  prints.set('/bin/kind create', new Error('failed to pull image "kindest/node"'));
  const logs = join(folder, 'logs');
  await expect(cluster.up()).rejects.toThrow(new RegExp(`logs of its nodes are in ${logs}: failed to pull image`));
  expect(commands.at(-1)).toBe(`/bin/kind export logs ${logs} --name ds-one`);
});

test('down with nothing there asks, removes nothing, and is no error; its folder goes in any case', async () => {
  const { cluster, commands, folder } = await rehearsedCluster();
  await cluster.down();
  expect(commands.filter((command) => command.includes(' rm '))).toEqual([]);
  await expect(stat(join(folder, 'state', 'one'))).rejects.toThrow(/ENOENT/);
});

test('an image goes to every node', async () => {
  const { cluster, commands } = await rehearsedCluster();
  await cluster.loadImage('/tmp/service.tar');
  expect(commands).toEqual(['/bin/kind load image-archive /tmp/service.tar --name ds-one']);
});

test('a stand-in has the address that it has in every cluster, and carries the name of this one', async () => {
  const { cluster, commands } = await rehearsedCluster();
  const running = await cluster.startStandIn(store);
  expect(running.endpoint).toEqual({ address: '10.93.0.5', port: 9000 });
  expect(commands).toEqual([
    'docker ps --all --quiet --filter label=dev.docservice.cluster=one --filter name=^/?ds-one-s3$',
    'docker run --detach --name=ds-one-s3 --label=dev.docservice.cluster=one --network=ds-one --ip=10.93.0.5 --env=KEY=a b --mount=type=bind,source=/etc/store.conf,target=/store.conf,readonly store:1.2.3 --port :9000',
  ]);
});

test('a stand-in is killed, paused and started by name, and killed means gone', async () => {
  const { cluster, commands } = await rehearsedCluster();
  const running = await cluster.startStandIn(store);
  commands.length = 0;
  await running.pause();
  await running.resume();
  await running.kill();
  await running.start();
  expect(commands).toEqual([
    'docker pause ds-one-s3',
    'docker unpause ds-one-s3',
    'docker kill ds-one-s3',
    'docker wait ds-one-s3',
    'docker start ds-one-s3',
  ]);
});

test('a stand-in that ends instead of answering is an error with its last lines', async () => {
  const { cluster, commands, prints } = await rehearsedCluster();
  prints.set('docker inspect --type container --format {{.State.Status}}', 'exited\n');
  await expect(cluster.startStandIn({ ...store, isAnswering: () => Promise.resolve(false) })).rejects.toThrow(
    /s3 did not start: the container ds-one-s3 has ended/,
  );
  expect(commands.at(-1)).toBe('docker logs --tail 20 ds-one-s3');
});

test('a node is killed at once, and only a worker', async () => {
  const { cluster, commands } = await rehearsedCluster();
  await cluster.killNode('ds-one-worker2');
  expect(commands).toEqual(['docker kill ds-one-worker2', 'docker wait ds-one-worker2']);
  await expect(cluster.killNode('ds-one-control-plane')).rejects.toThrow(/no node 'ds-one-control-plane'; there are/);
});

test('a node that was started counts once it sends a new heartbeat, not while it still counts as Ready', async () => {
  const { cluster, commands, prints } = await rehearsedCluster();
  const heartbeats = ['at 1', 'at 1', 'at 2'];
  const kubectl = 'docker exec ds-one-control-plane kubectl --kubeconfig=/etc/kubernetes/admin.conf';
  prints.set(`${kubectl} get lease ds-one-worker2`, () => heartbeats.shift() ?? 'at 3');
  prints.set(`${kubectl} get node ds-one-worker2`, 'True');
  await cluster.startNode('ds-one-worker2');
  expect(heartbeats).toEqual([]);
  expect(commands.filter((command) => command.includes('get node'))).toHaveLength(1);
  expect(commands[1]).toBe('docker start ds-one-worker2');
});

test('a node that comes back elsewhere is an error, since the load balancer would not find it', async () => {
  const { cluster, prints } = await rehearsedCluster();
  let count = 0;
  prints.set('docker exec ds-one-control-plane kubectl --kubeconfig=/etc/kubernetes/admin.conf get lease', () =>
    String((count += 1)),
  );
  prints.set('docker exec ds-one-control-plane kubectl --kubeconfig=/etc/kubernetes/admin.conf get node', 'True');
  prints.set('docker inspect --type container --format {{.Name}}', '/ds-one-worker2 10.93.0.131\n');
  await expect(cluster.startNode('ds-one-worker2')).rejects.toThrow(/came back at 10.93.0.131 instead of 10.93.0.128/);
});
