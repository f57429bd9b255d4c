import { ConditionalCheckFailedException, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { expiredBurns, versionOfAttempt, type Attempt } from '../attempts.ts';
import type { Row } from '../document.ts';
import type { DocumentId } from '../document-id.ts';
import { storageUnavailable } from '../errors.ts';
import { maxBurned, type BurnOutcome, type MetadataStore } from '../stores.ts';
import type { DynamoClients } from './aws-clients.ts';
import { burnInput, forgetBurnsInput } from './dynamo-burn.ts';
import { commitInput } from './dynamo-commit.ts';
import { hadNoEffect } from './dynamo-errors.ts';
import { rowKey, toRow } from './dynamo-row.ts';

const probeTimeoutMs = 1000;
/** The row may change between two looks at it; that it does so this often in a row is not worth more waiting. */
const maxBurnRounds = 5;

/** The table of the rows and how it is reached. */
interface Rows extends DynamoClients {
  readonly table: string;
}

interface Update {
  /** Whether the condition held. */
  readonly done: boolean;
  /** What the update returned, or what its condition failed on. */
  readonly row: Row | undefined;
}

/** Rows in a table of DynamoDB (dynamo-table.ts; the layout of a row: README.md, "Rows"). */
export function createDynamoMetadata(clients: DynamoClients, table: string, nowMs: () => number): MetadataStore {
  const rows: Rows = { ...clients, table };
  return {
    read: (id) => orUnavailable(read(rows, id)),

    async commit(change) {
      try {
        const { done, row } = await update(rows, 'once', commitInput(change));
        return done ? { kind: 'committed', before: row } : { kind: 'refused', row };
      } catch (cause) {
        return { kind: hadNoEffect(cause) ? 'not-taken' : 'unknown', cause };
      }
    },

    burn: (id, attempt) => orUnavailable(burn(rows, id, attempt, nowMs)),

    async probe() {
      const input = { TableName: table, Key: { pk: { S: 'probe' } }, ConsistentRead: true };
      await clients.once.send(new GetItemCommand(input), { abortSignal: AbortSignal.timeout(probeTimeoutMs) });
    },
  };
}

async function read({ repeating, table }: Rows, id: DocumentId): Promise<Row | undefined> {
  const input = { TableName: table, Key: rowKey(id), ConsistentRead: true };
  const { Item } = await repeating.send(new GetItemCommand(input));
  return Item === undefined ? undefined : toRow(Item);
}

async function update(
  rows: Rows,
  client: keyof DynamoClients,
  input: Omit<UpdateItemCommandInput, 'TableName'>,
): Promise<Update> {
  try {
    const { Attributes } = await rows[client].send(new UpdateItemCommand({ TableName: rows.table, ...input }));
    return { done: true, row: Attributes === undefined ? undefined : toRow(Attributes) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { done: false, row: error.Item === undefined ? undefined : toRow(error.Item) };
  }
}

async function burn(rows: Rows, id: DocumentId, attempt: Attempt, nowMs: () => number): Promise<BurnOutcome> {
  let known = await read(rows, id);
  for (let round = 0; round < maxBurnRounds; round += 1) {
    if (known !== undefined && versionOfAttempt(known, attempt.id) !== undefined) {
      return { kind: 'committed', row: known };
    }
    const input = burnInput(id, attempt, known?.document.state ?? 'absent');
    const { done, row } = await update(rows, 'repeating', input);
    if (done && row !== undefined) return { kind: 'burned', row };
    const burned = row?.burned ?? [];
    const expired = expiredBurns(burned, nowMs());
    if (expired.length > 0) await update(rows, 'repeating', forgetBurnsInput(id, expired));
    else if (burned.length >= maxBurned) return { kind: 'full' };
    known = row;
  }
  return { kind: 'full' };
}

async function orUnavailable<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw storageUnavailable(error);
  }
}
