import { provesUncommitted, versionOfAttempt, type Attempt } from './attempts.ts';
import { changedRow, isBurned, nextChange, type Change, type Wish } from './change.ts';
import { liveDocument, type Document, type Row } from './document.ts';
import { DocumentError, notFound, preconditionFailed, storageUnavailable, writeUnresolved } from './errors.ts';
import { judge } from './preconditions.ts';
import type { BurnOutcome, CommitOutcome, MetadataStore } from './stores.ts';

/** What a commit needs from the world. */
export interface CommitWorld {
  readonly metadata: Pick<MetadataStore, 'commit' | 'burn'>;
  /** Unix milliseconds. */
  readonly nowMs: () => number;
  readonly pause: (ms: number) => Promise<void>;
}

/** A wish that has come true. */
export interface Committed {
  readonly version: number;
  /** Whether there was no document before. */
  readonly created: boolean;
  readonly modifiedMs: number;
  /** The newest that is known of the document: this commit's, unless others have followed already. */
  readonly newest: Document;
}

interface Again {
  readonly cause: unknown;
  readonly knownVersion: number | undefined;
}

const maxAttempts = 6;
const firstPauseMs = 50;

/**
 * Makes a wish come true exactly once, however often sending has to be repeated. An attempt whose outcome is unknown is
 * resolved before the next one is sent: burned, so that it can never be committed later, unless it has been.
 *
 * @param knownVersion a version of the row read before, if any: lets more lost answers be resolved with certainty.
 * @param deadlineMs Unix milliseconds after which nothing is sent any more.
 * @throws DocumentError `precondition-failed`, `not-found` (removal of nothing), `outcome-unknown`,
 *   `storage-unavailable` (not done), `write-unresolved` (not known).
 */
export async function commit(
  world: CommitWorld,
  wish: Wish,
  { knownVersion, deadlineMs }: { readonly knownVersion: number | undefined; readonly deadlineMs: number },
): Promise<Committed> {
  let known = knownVersion;
  let cause: unknown = new Error('the time of the request was over before anything was sent');
  for (let number = 1; ; number += 1) {
    if (world.nowMs() >= deadlineMs) throw storageUnavailable(cause);
    const change = nextChange(wish, number, world.nowMs());
    const result = await settle(world, change, await world.metadata.commit(change), known, deadlineMs);
    if ('version' in result) return result;
    ({ cause } = result);
    if (number === maxAttempts) throw storageUnavailable(cause);
    known = result.knownVersion ?? known;
    await world.pause(firstPauseMs * 2 ** (number - 1));
  }
}

async function settle(
  world: CommitWorld,
  change: Change,
  outcome: CommitOutcome,
  knownVersion: number | undefined,
  deadlineMs: number,
): Promise<Committed | Again> {
  if (outcome.kind === 'committed') {
    return done(change, changedRow(outcome.before, change), liveDocument(outcome.before?.document) === undefined);
  }
  if (outcome.kind === 'refused') return refused(change, outcome.row);
  if (outcome.kind === 'not-taken') return { cause: outcome.cause, knownVersion };
  return resolved(change, await burn(world, change, deadlineMs), knownVersion, outcome.cause);
}

function refused(change: Change, row: Row | undefined): Committed | Again {
  const { wish, attempt } = change;
  if (row !== undefined && versionOfAttempt(row, attempt.id) !== undefined) return found(change, row);
  if (row !== undefined && isBurned(row, attempt)) {
    // A burned content may be collected at any time: only a new upload can go on from here.
    if (row.burned.includes(attempt.contentId)) throw storageUnavailable(`content ${attempt.contentId} was burned`);
    return { cause: 'the attempt was burned', knownVersion: row.document.version };
  }
  const live = liveDocument(row?.document);
  if (wish.kind === 'remove' && live === undefined) throw notFound();
  if (judge(wish.preconditions, live) !== 'holds') throw preconditionFailed();
  return { cause: 'refused without a reason in the row', knownVersion: row?.document.version };
}

function resolved(
  change: Change,
  outcome: BurnOutcome,
  knownVersion: number | undefined,
  cause: unknown,
): Committed | Again {
  if (outcome.kind === 'full') throw writeUnresolved('the row can burn no more attempts');
  if (outcome.kind === 'committed') return found(change, outcome.row);
  if (!provesUncommitted(outcome.row, change.attempt, knownVersion)) throw outcomeUnknown(cause);
  return { cause, knownVersion: outcome.row.document.version };
}

async function burn(world: CommitWorld, { wish, attempt }: Change, deadlineMs: number): Promise<BurnOutcome> {
  for (let round = 0; ; round += 1) {
    try {
      return await world.metadata.burn(wish.id, attempt);
    } catch (error) {
      if (world.nowMs() >= deadlineMs) throw writeUnresolved(error);
      await world.pause(firstPauseMs * 2 ** Math.min(round, 4));
    }
  }
}

/** The commit as seen in a row read later, when its own answer was lost. */
function found(change: Change, row: Row): Committed {
  const live = liveDocument(row.document);
  return done(change, row, live?.createdMs === change.attempt.sentAtMs);
}

function done({ attempt }: { readonly attempt: Attempt }, row: Row, created: boolean): Committed {
  return {
    version: versionOfAttempt(row, attempt.id) ?? row.document.version,
    created,
    modifiedMs: attempt.sentAtMs,
    newest: row.document,
  };
}

function outcomeUnknown(cause: unknown): DocumentError {
  const message =
    'Whether the write took effect cannot be told any more, so many others followed it. Read the document.';
  return new DocumentError('outcome-unknown', message, { cause });
}
