import {
  CreateTableCommand,
  DescribeTimeToLiveCommand,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  type CreateTableCommandInput,
  type DynamoDBClient,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';

/** An attribute that is part of a key; both kinds of key the table has are strings. */
interface KeyAttribute {
  readonly name: string;
  readonly type: 'S';
}

/** What Terraform says about a table of documents, as plain data. */
export interface TableDefinition {
  readonly billingMode: 'PAY_PER_REQUEST';
  readonly partitionKey: KeyAttribute;
  /** Holds epoch seconds (N); DynamoDB removes the row some time after. */
  readonly timeToLiveAttribute: string;
  readonly globalSecondaryIndexes: readonly {
    readonly name: string;
    readonly partitionKey: KeyAttribute;
    readonly sortKey: KeyAttribute;
    /** Projection INCLUDE: these, the index's keys and the table's key. */
    readonly includedAttributes: readonly string[];
  }[];
}

/** The table that a document service needs. Terraform makes the same one; a contract test holds the two together. */
export const DOCUMENTS_TABLE: TableDefinition = {
  billingMode: 'PAY_PER_REQUEST',
  partitionKey: { name: 'pk', type: 'S' },
  timeToLiveAttribute: 'exp',
  globalSecondaryIndexes: [
    {
      name: 'live',
      partitionKey: { name: 'shard', type: 'S' },
      sortKey: { name: 'id', type: 'S' },
      includedAttributes: ['ver', 'len', 'ctype', 'sha256', 'modified'],
    },
  ],
};

/** Creates the table unless it is there, and switches its expiry on; resolves when it can be used. */
export async function ensureTable(client: DynamoDBClient, name: string): Promise<void> {
  try {
    await client.send(new CreateTableCommand(createTableInput(name, DOCUMENTS_TABLE)));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 2 }, { TableName: name });
  await ensureTimeToLive(client, name, DOCUMENTS_TABLE.timeToLiveAttribute);
}

/** The definition in the words of CreateTable. */
export function createTableInput(name: string, definition: TableDefinition): CreateTableCommandInput {
  const { partitionKey, globalSecondaryIndexes } = definition;
  const indexKeys = globalSecondaryIndexes.flatMap((index) => [index.partitionKey, index.sortKey]);
  return {
    TableName: name,
    BillingMode: definition.billingMode,
    AttributeDefinitions: [partitionKey, ...indexKeys].map((key) => ({
      AttributeName: key.name,
      AttributeType: key.type,
    })),
    KeySchema: [keyElement(partitionKey, 'HASH')],
    GlobalSecondaryIndexes: globalSecondaryIndexes.map((index) => ({
      IndexName: index.name,
      KeySchema: [keyElement(index.partitionKey, 'HASH'), keyElement(index.sortKey, 'RANGE')],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...index.includedAttributes] },
    })),
  };
}

function keyElement({ name }: KeyAttribute, KeyType: 'HASH' | 'RANGE'): KeySchemaElement {
  return { AttributeName: name, KeyType };
}

async function ensureTimeToLive(client: DynamoDBClient, name: string, attribute: string): Promise<void> {
  // Switching on what is on already is refused (UpdateTimeToLive: ValidationException).
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: name }));
  if (TimeToLiveDescription?.AttributeName === attribute) return;
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: { AttributeName: attribute, Enabled: true },
    }),
  );
}
