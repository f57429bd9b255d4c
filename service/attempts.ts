import { randomBytes } from 'node:crypto';
import { registerLength, type Row } from './document.ts';

/**
 * One sending of one commit. Its id is the content's id, a number and the time of sending, and it is never sent twice:
 * a retry is a new attempt over the same content.
 */
export interface Attempt {
  readonly id: string;
  readonly contentId: string;
  readonly number: number;
  /** Unix milliseconds, by the clock of the sender. */
  readonly sentAtMs: number;
}

/** Longest time from sending a commit to its taking effect, with what clocks differ; later it is never applied. */
const latestEffectMs = 60_000;

/** How long a burned id is kept: a signed request is refused by AWS five minutes after it was signed (SigV4). */
const burnedLifeMs = 15 * 60_000;

/** A new content id: 12 hex digits of time, so that ids sort by age, and 20 of chance. */
export function newContentId(nowMs: number): string {
  return nowMs.toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
}

/** The attempt with the given number, sent now. */
export function newAttempt(contentId: string, number: number, nowMs: number): Attempt {
  return { id: `${contentId}.${number}.${nowMs}`, contentId, number, sentAtMs: nowMs };
}

/** Time of sending of an attempt, or of minting of a content, in Unix milliseconds. NaN for anything else. */
export function timeOfId(id: string): number {
  const parts = id.split('.');
  return parts.length === 3 ? Number(parts[2]) : Number.parseInt(id.slice(0, 12), 16);
}

/** The version that an attempt made, if the row still knows it. */
export function versionOfAttempt(row: Row, attemptId: string): number | undefined {
  const index = row.recent.indexOf(attemptId);
  return index < 0 ? undefined : row.document.version - index;
}

/**
 * Tells whether the row proves that an attempt that is not in `recent` was never committed. It does not when the
 * attempt may have been pushed out by later commits.
 *
 * @param knownVersion version of the row at some time before the attempt was sent, if the sender knows one.
 */
export function provesUncommitted(row: Row, attempt: Attempt, knownVersion: number | undefined): boolean {
  if (row.recent.length < registerLength) return true;
  if (knownVersion !== undefined && row.document.version - knownVersion <= registerLength) return true;
  // A commit that took effect before the attempt was even sent still stands in the register, so the attempt, which
  // would stand in front of it, cannot have been pushed out.
  return row.recent.some((id) => timeOfId(id) + latestEffectMs < attempt.sentAtMs);
}

/** Burned ids that are so old that nothing under them can arrive any more. */
export function expiredBurns(burned: readonly string[], nowMs: number): readonly string[] {
  return burned.filter((id) => timeOfId(id) + burnedLifeMs < nowMs);
}
