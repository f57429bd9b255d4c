import { secondTime } from './runtime/clock.ts';
import type { Condition } from './document-service.ts';

/**
 * Every reason that a condition may give. Programs rely on them: a new one is an addition, a changed one breaks somebody.
 */
export type Reason =
  | 'Available'
  | 'ScaledToZero'
  | 'RollingOut'
  | 'PodsUnavailable'
  | 'WaitingForDeletion'
  | 'NameTaken'
  | 'NodePortTaken'
  | 'ChildRefused'
  | 'PodsRefused'
  | 'RolloutStuck';

/** What the operator has to say about a resource, from which all conditions follow. */
export interface Verdict {
  /** `ready`: serves as asked for. `reconciling`: on its way. `stalled`: will not get there by itself. */
  readonly state: 'ready' | 'reconciling' | 'stalled';
  readonly reason: Reason;
  /** A sentence without time or number that changes by itself, without a full stop. */
  readonly message: string;
}

/**
 * The conditions of a verdict, as kstatus reads them (sigs.k8s.io/cli-utils pkg/kstatus): Ready is always there,
 * Reconciling and Stalled only while they are True.
 * @param previous the conditions so far: where a status stays the same, so does the time of its last transition
 */
export function conditionsOf(
  verdict: Verdict,
  generation: number,
  previous: readonly Condition[],
  now: Date,
): readonly Condition[] {
  const { state, reason, message } = verdict;
  const wanted: readonly (readonly [type: string, status: Condition['status']])[] = [
    ['Ready', state === 'ready' ? 'True' : 'False'],
    ...(state === 'reconciling' ? ([['Reconciling', 'True']] as const) : []),
    ...(state === 'stalled' ? ([['Stalled', 'True']] as const) : []),
  ];
  return wanted.map(([type, status]) => {
    const before = previous.find((condition) => condition.type === type);
    return {
      type,
      status,
      observedGeneration: generation,
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : secondTime(now),
      reason,
      message,
    };
  });
}

/** The condition of this type, if it is there. */
export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}
