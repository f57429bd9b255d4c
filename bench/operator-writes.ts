import { setTimeout as delay } from 'node:timers/promises';
import { countByVerbAndResource, isWrite, type AuditedRequest } from '../local/audit-log.ts';
import { openAuditRecord } from '../local/audit-record.ts';
import { operatorLeads } from '../local/operator-leads.ts';
import { sampleDocumentService } from '../local/sample.ts';
import type { RunningSystem } from '../local/system.ts';
import { formatTable } from '../local/table.ts';
import type { Verdict } from './verdict.ts';

/**
 * What a resource may cost the API server, from create to Ready and ever after: four creates (ServiceAccount, ConfigMap,
 * Deployment, Service), two status writes, two Events; no read of a single object, nothing when idle, touched or
 * restarted.
 */
const budgetPerResource = 4 + 2 + 2;
const childKinds = ['serviceaccounts', 'configmaps', 'deployments', 'services'];
const resources = 10;
const firstNodePort = 31_000;

/** The requests of one window of the run. */
export interface Window {
  readonly title: string;
  readonly requests: readonly AuditedRequest[];
}

/** Counts the operator's API requests per resource from the API server's own record, on a running system. */
export async function operatorWrites(system: RunningSystem, print: (line: string) => void): Promise<Verdict> {
  const { kubectl, sample, auditLogPath } = system;
  const names = Array.from({ length: resources }, (_, index) => `bench-${index}`);
  const all = names.map((name) => `documentservice/${name}`);
  const inNamespace = ['-n', sample.namespace];
  const record = openAuditRecord(auditLogPath);
  const window = async (title: string, work: () => Promise<unknown>): Promise<Window> => {
    const before = await record.position();
    await work();
    await record.quiet();
    return { title, requests: await record.since(before) };
  };
  await record.quiet();
  const windows = [
    await window('create to Ready', async () => {
      await kubectl.apply(names.map((name, index) => benchResource(sample, name, firstNodePort + index)));
      await kubectl.run(['wait', ...all, ...inNamespace, '--for=condition=Ready', '--timeout=180s']);
    }),
    await window('idle', () => delay(10_000)),
    await window('touched', () => kubectl.run(['annotate', ...all, ...inNamespace, 'bench/touched=yes'])),
    await window('operator restarted', async () => {
      const deployment = ['deployment/docservice-operator', '-n', 'docservice-system'];
      await kubectl.run(['rollout', 'restart', ...deployment]);
      await kubectl.run(['rollout', 'status', ...deployment, '--timeout=120s']);
      await operatorLeads(kubectl);
    }),
  ];
  await kubectl.run(['delete', ...all, ...inNamespace, '--timeout=120s']);
  print(formatWindows(windows));
  return { name: 'operator-writes', ratio: ratioOf(windows, resources), target: 1 };
}

function benchResource(sample: RunningSystem['sample'], name: string, nodePort: number): object {
  const resource = sampleDocumentService({ ...sample, name, nodePort });
  return { ...resource, spec: { ...resource.spec, replicas: 1 } };
}

/**
 * What the windows cost against the budget; NaN, which passes nothing, unless they are what the budget is for: the first
 * holds exactly the four creates of children for each resource, the others hold no write at all. So a record that saw
 * nothing does not pass, nor does a write at rest that a cheap create made up for.
 */
export function ratioOf([created, ...atRest]: readonly Window[], resourceCount: number): number {
  const counts = countByVerbAndResource(created?.requests ?? []);
  const madeAll = childKinds.every((kind) => counts.get(`create ${kind}`) === resourceCount);
  const quiet = atRest.length > 0 && atRest.every(({ requests }) => !requests.some(isWrite));
  if (created === undefined || !madeAll || !quiet) return Number.NaN;
  return costOf([created, ...atRest]) / (budgetPerResource * resourceCount);
}

/** Writes and reads of single objects; lists and watches are opened once for all resources. */
const costOf = (windows: readonly Window[]): number =>
  windows.flatMap(({ requests }) => requests).filter((request) => isWrite(request) || request.verb === 'get').length;

function formatWindows(windows: readonly Window[]): string {
  const counts = windows.map(({ requests }) => countByVerbAndResource(requests));
  const kinds = [...new Set(counts.flatMap((count) => [...count.keys()]))];
  const perResource = (count: number): string => (count / resources).toFixed(1);
  return formatTable([
    [`requests per resource (${resources} resources)`, ...windows.map(({ title }) => title)],
    ...kinds.map((kind) => [kind, ...counts.map((count) => perResource(count.get(kind) ?? 0))]),
  ]);
}
