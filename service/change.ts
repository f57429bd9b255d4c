import { newAttempt, versionOfAttempt, type Attempt } from './attempts.ts';
import {
  liveDocument,
  registerLength,
  tombstoneSeconds,
  type Content,
  type Document,
  type Placement,
  type Row,
} from './document.ts';
import type { DocumentId } from './document-id.ts';
import { judge, type Preconditions } from './preconditions.ts';

/** What a client wants done to a document, before it is sent. */
export type Wish =
  | {
      readonly kind: 'put';
      readonly id: DocumentId;
      readonly contentId: string;
      readonly preconditions: Preconditions;
      readonly placement: Placement;
      /** The content itself where it lives in the row. */
      readonly inline?: Uint8Array;
      readonly length: number;
      readonly sha256: string;
      readonly contentType: string;
    }
  | {
      readonly kind: 'remove';
      readonly id: DocumentId;
      readonly contentId: string;
      readonly preconditions: Preconditions;
    };

/** One commit to be sent once: a wish under an attempt. */
export interface Change {
  readonly wish: Wish;
  readonly attempt: Attempt;
}

/** The next attempt at a wish. */
export function nextChange(wish: Wish, number: number, nowMs: number): Change {
  return { wish, attempt: newAttempt(wish.contentId, number, nowMs) };
}

/**
 * Whether a row lets a change happen: the client's preconditions hold, the attempt has not been committed and neither it
 * nor its content has been burned. A store decides this and applies the change in one atomic step.
 */
export function permits(row: Row | undefined, { wish, attempt }: Change): boolean {
  const live = liveDocument(row?.document);
  if (wish.kind === 'remove' && live === undefined) return false;
  if (judge(wish.preconditions, live) !== 'holds') return false;
  return row === undefined || (versionOfAttempt(row, attempt.id) === undefined && !isBurned(row, attempt));
}

/** Whether somebody has ruled out that the attempt is ever committed. */
export function isBurned(row: Row, attempt: Attempt): boolean {
  return row.burned.includes(attempt.id) || row.burned.includes(attempt.contentId);
}

/** The row after a change. Every value is computed from the row before, as the one UpdateItem of DynamoDB does. */
export function changedRow(before: Row | undefined, change: Change): Row {
  const { wish, attempt } = change;
  // A row that does not exist starts at the writer's clock, so that not even a tombstone that the engine has removed
  // lets a version come again.
  const version = (before?.document.version ?? attempt.sentAtMs) + 1;
  const replaced = before === undefined ? [] : [before.document.content];
  return {
    id: wish.id,
    document: changedDocument(before?.document, version, change),
    recent: [attempt.id, ...(before?.recent ?? [])].slice(0, registerLength),
    burned: before?.burned ?? [],
    dead: [...replaced, ...(before?.dead ?? [])].slice(0, registerLength),
    ...(wish.kind === 'remove' && { expiresAtSeconds: tombstoneExpiry(attempt.sentAtMs) }),
  };
}

/** Unix seconds at which a tombstone made now may go. */
export function tombstoneExpiry(nowMs: number): number {
  return Math.ceil(nowMs / 1000) + tombstoneSeconds;
}

function changedDocument(before: Document | undefined, version: number, { wish, attempt }: Change): Document {
  const atMs = attempt.sentAtMs;
  const content: Content = {
    id: wish.contentId,
    atMs,
    placement: wish.kind === 'put' ? wish.placement : { where: 'none' },
  };
  if (wish.kind === 'remove') return { state: 'deleted', version, content, modifiedMs: atMs };
  return {
    state: 'live',
    version,
    content,
    length: wish.length,
    sha256: wish.sha256,
    contentType: wish.contentType,
    createdMs: liveDocument(before)?.createdMs ?? atMs,
    modifiedMs: atMs,
    ...(wish.inline !== undefined && { body: wish.inline }),
  };
}
