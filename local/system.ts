import { join } from 'node:path';
import { ensureResources } from './aws/resources.ts';
import { claimName, hasName, releaseName, takeOverName } from './claim.ts';
import type { Cluster, RunningStandIn } from './cluster/cluster.ts';
import { openCluster, removeCluster, type OpenCluster } from './cluster/open-cluster.ts';
import type { Folders } from './folders.ts';
import { waitFor } from './host/waiting.ts';
import { describeImages, ensureImages, type Images } from './images/ensure-images.ts';
import { createKubectl, type Kubectl } from './kubectl.ts';
import { operatorManifests } from './operator-manifests.ts';
import { createPhases, type Phases } from './phases.ts';
import { sampleObjects, type SampleSettings } from './sample.ts';
import { awsStandIn } from './stand-ins/aws.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from './stand-ins/credentials.ts';
import { dynamodbStandIn } from './stand-ins/dynamodb.ts';
import { loadBalancerStandIn } from './stand-ins/load-balancer.ts';
import { redisStandIn } from './stand-ins/redis.ts';
import { s3StandIn } from './stand-ins/s3.ts';
import { readSystemRecord, removeSystemRecord, writeSystemRecord, type SystemRecord } from './system-record.ts';
import { ensureToolchain } from './toolchain/ensure-toolchain.ts';
import { undoOnFailure, unlessStopped } from './undo.ts';

type Print = (line: string) => void;

/** Which system, and where it keeps things. */
export interface SystemOptions {
  readonly name: string;
  /** Undefined leaves the choice to the machine. */
  readonly provider: 'bare' | 'kind' | undefined;
  readonly folders: Folders;
  readonly print: Print;
}

/** How a system is brought up. */
export interface BringUpOptions extends StoppableOptions {
  readonly phases: Phases;
}

/** A system at whose side somebody may say stop. */
export interface StoppableOptions extends SystemOptions {
  /** Aborting it ends what is under way and takes down what was begun; the work then rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A system that runs: the sample resource is Ready. */
export interface RunningSystem {
  readonly cluster: Cluster;
  readonly standIns: readonly RunningStandIn[];
  readonly kubectl: Kubectl;
  readonly kubectlPath: string;
  readonly kubeconfigPath: string;
  /** The load balancer. */
  readonly url: string;
  readonly sample: SampleSettings;
  /** A docker-archive tarball of the service's image. */
  readonly serviceImageArchive: string;
  /** What the operator asked of the API server; empty where the provider keeps no record. */
  readonly auditLogPath: string;
}

const installFile = join(import.meta.dirname, '..', 'config', 'install.yaml');
const nodePort = 30_080;
const tableName = 'documents';
const bucketName = 'documents';
const operatorNamespace = 'docservice-system';

/**
 * Brings up the whole system in phases: toolchain, images, cluster and stand-ins, operator, sample resource. Resolves when
 * the resource is Ready and answers through the load balancer. When it rejects, nothing of the system is left; with a
 * NameTakenError while a system of that name runs, which is left alone.
 */
export async function bringUpSystem(options: BringUpOptions): Promise<RunningSystem> {
  const opened = await undoOnFailure(
    () => openCluster(options),
    () => releaseName(options.folders, options.name),
  );
  return orTakeDown(options, () => startSystem(opened, options));
}

/**
 * Does `work` on a system of which something may be there already. When it fails, takes the system down and passes that
 * first failure on. A stop counts as a failure, whatever `work` waits for at that moment.
 */
export async function orTakeDown<T>(options: StoppableOptions, work: () => Promise<T>): Promise<T> {
  const { signal, print } = options;
  const undo = (): Promise<void> => {
    print(signal?.aborted === true ? '\nTaking everything down.' : '\nThat did not work; taking everything down.');
    return takeDownSystem(options);
  };
  return undoOnFailure(() => unlessStopped(signal, work), undo);
}

async function startSystem(opened: OpenCluster, options: BringUpOptions): Promise<RunningSystem> {
  const { phases } = options;
  const { cluster, images } = opened;
  const { provider, kubeconfigPath } = cluster;
  const record = { provider, kubeconfigPath, kubectlPath: opened.kubectlPath };
  await takeOverRecord(options, record);
  const addresses = cluster.nodes.map(({ name }) => name).join(' and ');
  await phases.run(`control plane and nodes ${addresses}`, () => cluster.up());
  const kubectl = createKubectl(opened.kubectlPath, cluster.kubeconfigPath, options.signal);
  const standIns = await phases.run('images to the nodes; DynamoDB, S3, AWS, Redis, load balancer', async () => {
    const [started] = await Promise.all([startStandIns(opened, options), loadImages(cluster, images)]);
    return started;
  });
  await phases.run('CRD, RBAC and operator', () => installOperator(kubectl, images.operator.reference));
  const sample = sampleSettings(standIns, images.service.reference);
  await phases.run('a sample DocumentService, until it is Ready', () => applySample(kubectl, sample));
  const url = `http://${endpointOf(standIns, 'load-balancer').address}`;
  await phases.run('the load balancer, until it finds the pods healthy', () => untilAnswering(`${url}/readyz`));
  await writeSystemRecord(options.folders, options.name, { ...record, url });
  const serviceImageArchive = images.service.archivePath;
  return { ...opened, kubeconfigPath, standIns, kubectl, url, sample, serviceImageArchive };
}

/**
 * Notes the system down. A record of another provider is the only trace by which that one's cluster is found: it is removed
 * first, before the record is written over.
 */
export async function takeOverRecord(options: SystemOptions, record: SystemRecord): Promise<void> {
  const before = await readSystemRecord(options.folders, options.name);
  if (before !== undefined && before.provider !== record.provider) await removeCluster(options);
  await writeSystemRecord(options.folders, options.name, record);
}

/** `npm run image`: builds both images and says what they are called, how large they are, and where their archives are. */
export async function buildAndShowImages(folders: Folders, print: Print, signal: AbortSignal): Promise<void> {
  const phases = createPhases(print, () => performance.now(), signal);
  const request = { folders, env: process.env, phases, print, signal };
  await ensureToolchain({ ...request, use: 'cluster' });
  describeImages(await ensureImages({ ...request, builder: 'buildah' })).forEach((line) => print(line));
}

/**
 * Ends and removes everything of a system, whatever state it is in; nothing there: does nothing. Rejects with a
 * NameTakenError when the system is another run's.
 */
export async function takeDownSystem(options: SystemOptions): Promise<void> {
  const { folders, name } = options;
  if (!hasName(folders, name)) await claimName(folders, name);
  await removeAndRelease(options);
}

/** `npm stop`: the same to whomever it belongs. A run that still has it is ended first. */
export async function stopSystem(options: SystemOptions): Promise<void> {
  await takeOverName(options.folders, options.name, options.print);
  await removeAndRelease(options);
}

/** Lets a system run on without this process. */
export function leaveSystem({ folders, name }: SystemOptions): Promise<void> {
  return releaseName(folders, name);
}

async function removeAndRelease(options: SystemOptions): Promise<void> {
  try {
    await removeCluster(options);
    await removeSystemRecord(options.folders, options.name);
  } finally {
    await releaseName(options.folders, options.name);
  }
}

/** One after the other: they share their first layer, which is then unpacked only once. */
async function loadImages(cluster: Cluster, { operator, service }: Images): Promise<void> {
  await cluster.loadImage(operator.archivePath);
  await cluster.loadImage(service.archivePath);
}

/** Where stand-ins are containers, no program of this host is started for them. */
const noPrograms = { java: '', dynamodbLocalJars: '', versitygw: '', motoServer: '', valkeyServer: '' };

async function startStandIns(
  { cluster, toolchain }: OpenCluster,
  options: SystemOptions,
): Promise<readonly RunningStandIn[]> {
  const loadBalancer = await loadBalancerStandIn({
    targets: cluster.nodes.map(({ address }) => ({ address, port: nodePort })),
    configFolder: join(options.folders.state, options.name, 'load-balancer'),
  });
  const engines = [dynamodbStandIn, s3StandIn, awsStandIn, redisStandIn].map((of) => of(toolchain ?? noPrograms));
  const running = await Promise.all([...engines, loadBalancer].map((standIn) => cluster.startStandIn(standIn)));
  const urlOf = (name: string): string => urlOfEndpoint(endpointOf(running, name));
  await ensureResources({
    dynamodbUrl: urlOf('dynamodb'),
    tableName,
    s3Url: urlOf('s3'),
    bucketName,
    elasticacheUrl: urlOf('aws'),
    replicationGroupId: 'documents',
  });
  return running;
}

const urlOfEndpoint = ({ address, port }: RunningStandIn['endpoint']): string => `http://${address}:${port}`;

function endpointOf(standIns: readonly RunningStandIn[], name: string): RunningStandIn['endpoint'] {
  const found = standIns.find((standIn) => standIn.name === name);
  if (found === undefined) throw new Error(`no stand-in named ${name}`);
  return found.endpoint;
}

async function installOperator(kubectl: Kubectl, image: string): Promise<void> {
  await kubectl.apply(await operatorManifests(installFile, image));
  await kubectl.run(['wait', '--for=condition=Established', 'crd/documentservices.docservice.dev', '--timeout=30s']);
  const rollout = ['rollout', 'status', 'deployment/docservice-operator', '-n', operatorNamespace];
  await kubectl.run([...rollout, '--timeout=120s']);
}

function sampleSettings(standIns: readonly RunningStandIn[], image: string): SampleSettings {
  return {
    name: 'documents',
    namespace: 'default',
    image,
    nodePort,
    region: LOCAL_REGION,
    tableName,
    bucketName,
    dynamodb: endpointOf(standIns, 'dynamodb'),
    s3: endpointOf(standIns, 's3'),
    redis: endpointOf(standIns, 'redis'),
    credentials: LOCAL_CREDENTIALS,
  };
}

async function applySample(kubectl: Kubectl, sample: SampleSettings): Promise<void> {
  await kubectl.apply(sampleObjects(sample));
  const resource = [`documentservice/${sample.name}`, '-n', sample.namespace];
  await kubectl.run(['wait', ...resource, '--for=condition=Ready', '--timeout=120s']);
}

/** Resolves once the URL answers 200; rejects with its last answer after half a minute. */
async function untilAnswering(url: string): Promise<void> {
  await waitFor(
    async () => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
      return answer?.status === 200;
    },
    { deadlineMs: 30_000, everyMs: 200 },
    () => `${url} answers 200`,
  );
}
