import type { AttributeValue, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { tombstoneExpiry, type Change } from '../change.ts';
import { registerLength } from '../document.ts';
import type { EntityTag, Preconditions, TagCondition } from '../preconditions.ts';
import { contentAttribute, noContent, rowKey, shardOf } from './dynamo-row.ts';

/** An expression of DynamoDB and the values it speaks of. Names are written `#name` and stand for themselves. */
interface Expression {
  readonly text: string;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

/** The parts of an UpdateItem that carry one commit. */
export type CommitInput = Omit<UpdateItemCommandInput, 'TableName'>;

// Clauses of the condition. An attribute that does not exist makes a comparison, IN and contains() false.
const isLive = '#state = :live';
const isNotLive = '(attribute_not_exists(#pk) OR #state = :deleted)';
const attemptNotCommitted = `NOT :attempt IN (${registers('recent').join(', ')})`;
const attemptNotBurned = 'NOT contains(#burned, :attempt)';
const contentNotBurned = 'NOT contains(#burned, :contentId)';

// Clauses of the update. DynamoDB evaluates every right-hand side against the item as it was before.
const countUp = '#ver = if_not_exists(#ver, :nowMs) + :one';
const shiftRecent = shift('recent', ':attempt', ':noAttempt');
const shiftDead = shift('dead', 'if_not_exists(#content, :noContent)', ':noContent');

/** The UpdateItem of a change: `permits` and `changedRow` of ../change.ts in the words of DynamoDB. */
export function commitInput(change: Change): CommitInput {
  const { wish, attempt } = change;
  const update = wish.kind === 'put' ? putUpdate(change, wish) : removeUpdate(change, wish);
  const permitted = wishCondition(wish);
  const condition = [...permitted.text, attemptNotCommitted, attemptNotBurned, contentNotBurned].join(' AND ');
  return {
    Key: rowKey(wish.id),
    UpdateExpression: update.text,
    ConditionExpression: condition,
    ExpressionAttributeNames: namesIn(update.text, condition),
    ExpressionAttributeValues: {
      ...update.values,
      ...permitted.values,
      ':attempt': { S: attempt.id },
      ':contentId': { S: attempt.contentId },
      ':nowMs': { N: String(attempt.sentAtMs) },
      ':one': { N: '1' },
      ':noAttempt': { S: '' },
      ':noContent': contentAttribute(noContent),
    },
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

/** `ExpressionAttributeNames` for all the names in some expressions: DynamoDB refuses unused ones. */
export function namesIn(...expressions: readonly string[]): Record<string, string> {
  const found = expressions.join(' ').match(/#\w+/g) ?? [];
  return Object.fromEntries(found.map((name) => [name, name.slice(1)]));
}

function putUpdate({ attempt }: Change, wish: Extract<Change['wish'], { kind: 'put' }>): Expression {
  const inline = wish.inline === undefined ? undefined : { ':inline': { B: wish.inline } };
  const set = [
    countUp,
    '#state = :live, #id = :id, #shard = :shard, #content = :content',
    '#len = :len, #sha256 = :sha256, #ctype = :ctype',
    '#created = if_not_exists(#created, :nowMs), #modified = :nowMs',
    ...(inline === undefined ? [] : ['#inline = :inline']),
    shiftRecent,
    shiftDead,
  ];
  return {
    text: `SET ${set.join(', ')} REMOVE #exp${inline === undefined ? ', #inline' : ''}`,
    values: {
      ':live': { S: 'L' },
      ':id': { S: wish.id },
      ':shard': { S: shardOf(wish.id) },
      ':content': contentAttribute({ id: wish.contentId, atMs: attempt.sentAtMs, placement: wish.placement }),
      ':len': { N: String(wish.length) },
      ':sha256': { S: wish.sha256 },
      ':ctype': { S: wish.contentType },
      ...inline,
    },
  };
}

function removeUpdate({ attempt }: Change, wish: Change['wish']): Expression {
  const set = [
    countUp,
    '#state = :deleted, #id = :id, #content = :content, #modified = :nowMs, #exp = :exp',
    shiftRecent,
    shiftDead,
  ];
  return {
    text: `SET ${set.join(', ')} REMOVE #shard, #len, #sha256, #ctype, #created, #inline`,
    values: {
      ':deleted': { S: 'D' },
      ':id': { S: wish.id },
      ':content': contentAttribute({ id: wish.contentId, atMs: attempt.sentAtMs, placement: { where: 'none' } }),
      ':exp': { N: String(tombstoneExpiry(attempt.sentAtMs)) },
    },
  };
}

function wishCondition({ kind, preconditions }: Change['wish']): {
  readonly text: readonly string[];
  readonly values: Expression['values'];
} {
  const clauses = [...(kind === 'remove' ? [isLive] : []), ...preconditionClauses(preconditions)];
  const text = clauses.join(' ');
  return {
    text: clauses,
    values: {
      ...(text.includes(':live') && { ':live': { S: 'L' } }),
      ...(text.includes(':deleted') && { ':deleted': { S: 'D' } }),
      ...tagValues('match', preconditions.ifMatch),
      ...tagValues('none', preconditions.ifNoneMatch),
    },
  };
}

function preconditionClauses({ ifMatch, ifNoneMatch }: Preconditions): readonly string[] {
  return [
    ...(ifMatch === undefined ? [] : [ifMatch === '*' ? isLive : `${isLive} AND ${anyTag('match', ifMatch)}`]),
    ...(ifNoneMatch === undefined ? [] : noTag(ifNoneMatch)),
  ];
}

function noTag(tags: TagCondition): readonly string[] {
  if (tags === '*') return [isNotLive];
  return tags.length === 0 ? [] : [`(${isNotLive} OR NOT ${anyTag('none', tags)})`];
}

/** True where one of the tags is the row's; an empty list is true nowhere, as `judge` has it. */
function anyTag(list: string, tags: readonly EntityTag[]): string {
  if (tags.length === 0) return '(attribute_not_exists(#pk) AND attribute_exists(#pk))';
  const each = tags.map((_, index) => `#ver = :${list}Ver${index} AND begins_with(#sha256, :${list}Sum${index})`);
  return `(${each.join(' OR ')})`;
}

function tagValues(list: string, tags: TagCondition | undefined): Expression['values'] {
  if (tags === undefined || tags === '*') return {};
  const entries = tags.flatMap(({ version, digest }, index): [string, AttributeValue][] => [
    [`:${list}Ver${index}`, { N: String(version) }],
    [`:${list}Sum${index}`, { S: digest }],
  ]);
  return Object.fromEntries(entries);
}

function registers(name: string): readonly string[] {
  return Array.from({ length: registerLength }, (_, index) => `#${name}${index}`);
}

/** Assignments that move every register on by one and put a value into the first. */
function shift(name: string, first: string, empty: string): string {
  return registers(name)
    .map(
      (register, index, all) => `${register} = ${index === 0 ? first : `if_not_exists(${all[index - 1]}, ${empty})`}`,
    )
    .join(', ');
}
