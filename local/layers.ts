import { formatTable } from './table.ts';

/** One layer of the test suite: a vitest project (or the static checks), with the seconds it should stay within. */
export interface Layer {
  readonly name: string;
  readonly what: string;
  /** Seconds on two cores with warm caches; printed beside what was measured, never a reason to fail. */
  readonly budgetSeconds: number;
  /** What a machine must be able to do to run it; `node` is given wherever npm is. */
  readonly needs: 'node' | 'toolchain' | 'terraform' | 'cluster';
  /** The layer that it runs beside, since both mostly wait; what it prints comes after what that one prints. */
  readonly beside?: string;
}

/** Layers that run at the same time: `first`, and beside it the others one after the other. */
export interface Stage {
  readonly first: Layer;
  readonly beside: readonly Layer[];
}

/** What all layers together should stay within, in seconds. */
export const wholeBudgetSeconds = 480;

/** All layers. Each runs alone by `npm test -- NAME`; its name is that of the vitest project, but for the static checks. */
export const layers: readonly Layer[] = [
  { name: 'check', what: 'types, lint, format, dead code', budgetSeconds: 30, needs: 'node' },
  { name: 'service', what: 'document service, memory stores', budgetSeconds: 60, needs: 'node' },
  { name: 'operator', what: 'operator, pure parts and runtime', budgetSeconds: 30, needs: 'node', beside: 'service' },
  { name: 'local', what: 'local system, benches: pure parts', budgetSeconds: 40, needs: 'node', beside: 'service' },
  { name: 'engines', what: 'contracts on DynamoDB, S3, Redis engines', budgetSeconds: 100, needs: 'toolchain' },
  {
    name: 'api',
    what: 'operator, manifests: on a kube-apiserver',
    budgetSeconds: 110,
    needs: 'toolchain',
    beside: 'engines',
  },
  { name: 'terraform', what: 'infrastructure: fmt, validate, test', budgetSeconds: 90, needs: 'terraform' },
  { name: 'e2e', what: 'the whole system on a cluster', budgetSeconds: 240, needs: 'cluster' },
  {
    name: 'commands',
    what: 'the commands of the README, as typed',
    budgetSeconds: 120,
    needs: 'cluster',
    beside: 'e2e',
  },
];

/** What came out of one layer. `failed` counts tests, or 1 for a layer that broke outside of any test. */
export interface LayerResult {
  readonly layer: Layer;
  readonly seconds: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The layers that the arguments name, in their own order; all when there are none. Throws an error that lists the names. */
export function chosenLayers(names: readonly string[]): readonly Layer[] {
  const known = layers.map((layer) => layer.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`no such layer: ${unknown.join(', ')}; write any of ${known.join(', ')}, or none for all`);
  }
  return names.length === 0 ? layers : layers.filter((layer) => names.includes(layer.name));
}

/** The order in which chosen layers run. A layer whose partner was not chosen runs by itself. */
export function stagesOf(chosen: readonly Layer[]): readonly Stage[] {
  const isBeside = (layer: Layer): boolean => chosen.some(({ name }) => name === layer.beside);
  return chosen
    .filter((layer) => !isBeside(layer))
    .map((first) => ({ first, beside: chosen.filter(({ beside }) => beside === first.name) }));
}

/**
 * A table of the results, the slowest part of a run visible at a glance, with the seconds of the whole run, against their
 * budget when all layers ran; then the totals alone on the last line.
 */
export function formatResults(results: readonly LayerResult[], wholeSeconds: number): string {
  const rows = results.map(({ layer, seconds, passed, failed, skipped }) => [
    layer.name,
    String(passed),
    String(failed),
    String(skipped),
    seconds.toFixed(1),
    String(layer.budgetSeconds),
    seconds > layer.budgetSeconds ? 'over budget' : '',
  ]);
  const isWhole = results.length === layers.length;
  const inAll = ['in all', '', '', '', wholeSeconds.toFixed(1), ...(isWhole ? [String(wholeBudgetSeconds)] : ['', ''])];
  const isOver = isWhole && wholeSeconds > wholeBudgetSeconds ? ['over budget'] : isWhole ? [''] : [];
  const table = formatTable([
    ['layer', 'passed', 'failed', 'skipped', 'seconds', 'budget', ''],
    ...rows,
    ...(results.length > 1 ? [[...inAll, ...isOver]] : []),
  ]);
  const total = (count: (result: LayerResult) => number) => results.reduce((sum, result) => sum + count(result), 0);
  const skipped = total((result) => result.skipped);
  const totals = `${total((result) => result.passed)} passed, ${total((result) => result.failed)} failed`;
  return [table, '', skipped === 0 ? totals : `${totals}, ${skipped} skipped`].join('\n');
}
