import { digestDigits, type LiveDocument } from './document.ts';

/** An entity tag that this service may have given out: the version and the first digits of the digest. */
export interface EntityTag {
  readonly version: number;
  readonly digest: string;
}

/** `*`, or the listed tags that this service may have given out; others can never match and are left out. */
export type TagCondition = '*' | readonly EntityTag[];

/** The conditions a request puts on the document (RFC 9110 section 13.1). */
export interface Preconditions {
  readonly ifMatch?: TagCondition;
  readonly ifNoneMatch?: TagCondition;
}

/** What became of the preconditions; the names say which one does not hold. */
export type Verdict = 'holds' | 'if-match-fails' | 'if-none-match-fails';

/**
 * Decides preconditions in the order of RFC 9110 section 13.2.2. The one function for reads (304, 412), for the early
 * refusal of writes, and for the refusal of a commit; the commit's own condition in the store says the same.
 *
 * @param live the document, or nothing where it does not exist.
 */
export function judge(preconditions: Preconditions, live: LiveDocument | undefined): Verdict {
  const { ifMatch, ifNoneMatch } = preconditions;
  if (ifMatch !== undefined && !matches(ifMatch, live)) return 'if-match-fails';
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, live)) return 'if-none-match-fails';
  return 'holds';
}

/** Whether a request has any condition at all. */
export function isConditional(preconditions: Preconditions): boolean {
  return preconditions.ifMatch !== undefined || preconditions.ifNoneMatch !== undefined;
}

/** Reads the inside of a quoted tag; undefined for tags that this service never gives out. */
export function parseEntityTag(opaque: string): EntityTag | undefined {
  const found = tagPattern.exec(opaque);
  if (found === null) return undefined;
  const [, version, digest] = found;
  return version === undefined || digest === undefined ? undefined : { version: Number(version), digest };
}

// At most 15 digits, so that the number is exact.
const tagPattern = new RegExp(`^([1-9][0-9]{0,14})-([0-9a-f]{${digestDigits}})$`);

function matches(condition: TagCondition, live: LiveDocument | undefined): boolean {
  if (live === undefined) return false;
  if (condition === '*') return true;
  return condition.some(({ version, digest }) => live.version === version && live.sha256.startsWith(digest));
}
