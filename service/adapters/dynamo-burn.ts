import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { Attempt } from '../attempts.ts';
import { tombstoneExpiry } from '../change.ts';
import { registerLength, type Row } from '../document.ts';
import type { DocumentId } from '../document-id.ts';
import { maxBurned } from '../stores.ts';
import { namesIn } from './dynamo-commit.ts';
import { rowKey } from './dynamo-row.ts';

type BurnInput = Omit<UpdateItemCommandInput, 'TableName'>;

const recents = Array.from({ length: registerLength }, (_, index) => `#recent${index}`).join(', ');
const attemptNotCommitted = `NOT :attempt IN (${recents})`;
const roomToBurn = '(attribute_not_exists(#burned) OR size(#burned) < :maxBurned OR contains(#burned, :attempt))';

/**
 * The UpdateItem that burns an attempt, for the kind of row that is expected to be there: the lifetime of a row that
 * lives must not be touched, that of a tombstone has to outlast the attempt, and where there is no row one has to be made.
 */
export function burnInput(id: DocumentId, attempt: Attempt, expected: Row['document']['state'] | 'absent'): BurnInput {
  const values = { ':attempt': { S: attempt.id }, ':burned': { SS: [attempt.id] } };
  const expiry = { ':exp': { N: String(tombstoneExpiry(attempt.sentAtMs)) } };
  if (expected === 'absent') {
    return input(
      id,
      'SET #state = :deleted, #id = :id, #ver = :nowMs, #modified = :nowMs, #burned = :burned, #exp = :exp',
      {
        condition: 'attribute_not_exists(#pk)',
        values: {
          ...expiry,
          ':deleted': { S: 'D' },
          ':id': { S: id },
          ':nowMs': { N: String(attempt.sentAtMs) },
          ':burned': values[':burned'],
        },
      },
    );
  }
  const tombstone = expected === 'deleted';
  return input(id, `ADD #burned :burned${tombstone ? ' SET #exp = :exp' : ''}`, {
    condition: `#state = :state AND ${attemptNotCommitted} AND ${roomToBurn}`,
    values: {
      ...values,
      ...(tombstone && expiry),
      ':state': { S: tombstone ? 'D' : 'L' },
      ':maxBurned': { N: String(maxBurned) },
    },
  });
}

/** The UpdateItem that forgets burned attempts under which nothing can arrive any more. */
export function forgetBurnsInput(id: DocumentId, expired: readonly string[]): BurnInput {
  return input(id, 'DELETE #burned :expired', {
    condition: 'attribute_exists(#pk)',
    values: { ':expired': { SS: [...expired] } },
  });
}

function input(
  id: DocumentId,
  update: string,
  { condition, values }: { readonly condition: string; readonly values: BurnInput['ExpressionAttributeValues'] },
): BurnInput {
  return {
    Key: rowKey(id),
    UpdateExpression: update,
    ConditionExpression: condition,
    ExpressionAttributeNames: namesIn(update, condition),
    ExpressionAttributeValues: values,
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}
