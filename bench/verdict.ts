/** What a benchmark found, as its last line says it. */
export interface Verdict {
  readonly name: string;
  /** Measured against its twin or its budget, inside one run; at most `target` passes. */
  readonly ratio: number;
  readonly target: number;
}

/** Whether the target was met. NaN, from nothing measured, never passes. */
export const passes = ({ ratio, target }: Verdict): boolean => ratio <= target;

/** The last line of a benchmark: `NAME: ratio=R target=T pass|fail`. */
export function formatVerdict(verdict: Verdict): string {
  const { name, ratio, target } = verdict;
  return `${name}: ratio=${ratio.toFixed(3)} target=${target.toFixed(3)} ${passes(verdict) ? 'pass' : 'fail'}`;
}
