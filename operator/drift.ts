import type { DesiredChild } from './desired/child.ts';
import type { ChildAction } from './plan.ts';
import type { RecordedEvent } from './runtime/event-recorder.ts';

const MAX_NAMED = 5;

/** Says that a child had been changed by somebody else and was set back: which fields, from what to what. */
export function driftRepaired({ child, differences }: Extract<ChildAction, { readonly type: 'apply' }>): RecordedEvent {
  const named = differences
    .slice(0, MAX_NAMED)
    .map(({ path, desired, live }) => `${path} from ${show(live)} to ${show(desired)}`);
  const rest = differences.length - named.length;
  return {
    type: 'Warning',
    reason: 'DriftRepaired',
    action: 'Apply',
    note: `${child.kind} ${child.metadata.name} was changed by somebody else and is set back: ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`,
  };
}

/** Says that a child that somebody else deleted is there again. */
export function childRestored({ kind, metadata }: DesiredChild): RecordedEvent {
  return {
    type: 'Warning',
    reason: 'DriftRepaired',
    action: 'Create',
    note: `${kind} ${metadata.name} had been deleted by somebody else and is created again`,
  };
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
