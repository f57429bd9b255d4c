import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadAll } from 'js-yaml';
import { expect, inject, test } from 'vitest';
import { CHILD_TYPES } from '../operator/desired/child.ts';
import { DOCUMENT_SERVICES } from '../operator/document-service.ts';
import { SharedKubeConfig } from '../operator/runtime/shared-kube-config.ts';
import { apiWorld, type ApiWorld } from '../operator/test/api-world.ts';
import { manifest } from '../operator/test/manifests.ts';
import { startOperator } from '../operator/test/running-operator.ts';
import { until } from '../operator/test/until.ts';

const ACCOUNT = 'docservice-operator';
const NAMESPACE = 'docservice-system';
const installFile = join(import.meta.dirname, 'install.yaml');

interface Role {
  readonly kind: string;
  readonly rules?: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

/** What the roles of the install file allow, as `verb resource.group`. */
async function allowed(): Promise<ReadonlySet<string>> {
  const objects = loadAll(await readFile(installFile, 'utf8')) as readonly Role[];
  const rules = objects
    .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
    .flatMap(({ rules = [] }) => rules);
  return new Set(
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}.${group}`)),
      ),
    ),
  );
}

interface AuditEvent {
  readonly verb: string;
  readonly user?: { readonly username?: string };
  readonly objectRef?: { readonly apiGroup?: string; readonly resource?: string; readonly subresource?: string };
  readonly responseStatus?: { readonly code?: number };
}

/** What the account of the operator has asked for, as `verb resource.group`, and how it was answered. */
async function asked(): Promise<readonly { readonly request: string; readonly code: number }[]> {
  const lines = (await readFile(inject('apiServer').auditLogPath, 'utf8')).split('\n');
  return lines
    .filter((line) => line.includes(`system:serviceaccount:${NAMESPACE}:${ACCOUNT}`) && line.endsWith('}'))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ user }) => user?.username === `system:serviceaccount:${NAMESPACE}:${ACCOUNT}`)
    .map(({ verb, objectRef, responseStatus }) => {
      const { apiGroup = '', resource = '', subresource } = objectRef ?? {};
      return {
        request: `${verb} ${resource}${subresource ? `/${subresource}` : ''}.${apiGroup}`,
        code: responseStatus?.code ?? 0,
      };
    });
}

/** A kubeconfig of the account that the install file makes. */
async function accountConfig(world: ApiWorld): Promise<SharedKubeConfig> {
  await promisify(execFile)('kubectl', [
    `--kubeconfig=${inject('apiServer').kubeconfigPath}`,
    'apply',
    '-f',
    installFile,
  ]);
  const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${ACCOUNT}/token`;
  const { status } = await world.client.request<{ readonly status: { readonly token: string } }>({
    method: 'POST',
    path,
    body: { spec: {} },
  });
  const admin = new SharedKubeConfig(1);
  admin.loadFromFile(inject('apiServer').kubeconfigPath);
  const cluster = admin.getCurrentCluster();
  if (!cluster) throw new Error('the kubeconfig of the test run names no cluster');
  const config = new SharedKubeConfig(13);
  config.loadFromClusterAndUser(cluster, { name: ACCOUNT, token: status.token });
  return config;
}

test('the roles allow what the operator does and nothing else', { timeout: 60_000 }, async () => {
  const world = await apiWorld();
  const kubeConfig = await accountConfig(world);
  const operator = await startOperator(world, { kubeConfig, env: { POD_NAMESPACE: NAMESPACE, POD_NAME: 'rbac-test' } });

  await world.create(DOCUMENT_SERVICES, manifest('documents'));
  await world.reason('documents', 'RollingOut');
  await world.rollOut('documents');
  for (const logLevel of ['debug', 'warn']) {
    await world.patch(DOCUMENT_SERVICES, 'documents', { spec: { logLevel } });
    await world.reason('documents', 'RollingOut');
    await world.rollOut('documents');
    await world.reason('documents', 'Available');
  }
  // Of three ConfigMaps two are left; and each child is changed by somebody, handed over and set back.
  const configMaps = await until('two ConfigMaps', async () => {
    const all = (await world.list(CHILD_TYPES.ConfigMap)).filter(({ metadata }) =>
      metadata.name.startsWith('documents-'),
    );
    return all.length === 2 && all;
  });
  const newest = configMaps.find(({ data }) => data?.['LOG_LEVEL'] === 'warn')?.metadata.name ?? '';
  for (const [kind, name] of [
    ['ServiceAccount', 'documents'],
    ['ConfigMap', newest],
    ['Service', 'documents'],
  ] as const) {
    await world.patch(CHILD_TYPES[kind], name, { metadata: { labels: { 'app.kubernetes.io/part-of': 'mine' } } });
    await world.child(
      kind,
      name,
      ({ metadata }) => metadata.labels?.['app.kubernetes.io/part-of'] === 'document-service',
    );
  }
  await operator.stop();

  const requests = await until('the lease given back', async () => {
    const requests = await asked();
    return requests.some(({ request }) => request === 'update leases.coordination.k8s.io') && requests;
  });
  expect(requests.filter(({ code }) => code === 403)).toEqual([]);
  const used = new Set(requests.map(({ request }) => request));
  // Asked by an admission plugin that does not run here (config/rbac.yaml), never by the operator itself.
  const unseen = ['update documentservices/finalizers.docservice.dev'];
  expect([...(await allowed())].filter((right) => !used.has(right))).toEqual(unseen);
});
