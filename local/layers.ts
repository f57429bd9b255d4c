import { formatTable } from './table.ts';

/** One layer of the test suite: a vitest project (or the static checks), with the seconds it should stay within. */
export interface Layer {
  readonly name: string;
  readonly what: string;
  /** Seconds on two cores with warm caches; printed beside what was measured, never a reason to fail. */
  readonly budgetSeconds: number;
  /** What a machine must be able to do to run it; `node` is given wherever npm is. */
  readonly needs: 'node' | 'toolchain' | 'terraform' | 'cluster';
  /** A vitest project that belongs to the layer and runs beside it; what it prints comes after. */
  readonly beside?: string;
}

/** What all layers together should stay within, in seconds. */
export const wholeBudgetSeconds = 480;

/** All layers, cheapest first. Each runs alone by `npm test -- NAME`. */
export const layers: readonly Layer[] = [
  { name: 'check', what: 'types, lint, format, dead code', budgetSeconds: 30, needs: 'node' },
  { name: 'service', what: 'document service, memory stores', budgetSeconds: 40, needs: 'node' },
  { name: 'operator', what: 'operator, pure parts and runtime', budgetSeconds: 30, needs: 'node' },
  { name: 'local', what: 'the local system and the benches, pure parts', budgetSeconds: 20, needs: 'node' },
  { name: 'engines', what: 'contracts on DynamoDB, S3, Redis engines', budgetSeconds: 75, needs: 'toolchain' },
  { name: 'api', what: 'operator and manifests on a kube-apiserver', budgetSeconds: 90, needs: 'toolchain' },
  { name: 'terraform', what: 'infrastructure: fmt, validate, test', budgetSeconds: 90, needs: 'terraform' },
  { name: 'e2e', what: 'the whole system on a cluster', budgetSeconds: 300, needs: 'cluster', beside: 'commands' },
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

/**
 * A table of the results, the slowest part of a run visible at a glance, with the sum of the seconds, against the budget of
 * the whole when all layers ran; then the totals alone on the last line.
 */
export function formatResults(results: readonly LayerResult[]): string {
  const rows = results.map(({ layer, seconds, passed, failed, skipped }) => [
    layer.name,
    String(passed),
    String(failed),
    String(skipped),
    seconds.toFixed(1),
    String(layer.budgetSeconds),
    seconds > layer.budgetSeconds ? 'over budget' : '',
  ]);
  const sum = results.reduce((seconds, result) => seconds + result.seconds, 0);
  const isWhole = results.length === layers.length;
  const inAll = ['in all', '', '', '', sum.toFixed(1), ...(isWhole ? [String(wholeBudgetSeconds)] : ['', ''])];
  const isOver = isWhole && sum > wholeBudgetSeconds ? ['over budget'] : isWhole ? [''] : [];
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
