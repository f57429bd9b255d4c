import type { State, StateModule } from './test-report.ts';

type Values = Readonly<Record<string, unknown>>;

/** The values of every resource of a type below a module, such as `module.instance["documents"]`. */
export function resourcesOf(state: State, type: string, module: string): readonly Values[] {
  return allResources(state.root_module)
    .filter((resource) => resource.type === type && resource.address.startsWith(`${module}.`))
    .map((resource) => resource.values);
}

function allResources(module: StateModule): NonNullable<StateModule['resources']> {
  return [...(module.resources ?? []), ...(module.child_modules ?? []).flatMap(allResources)];
}

/** An aws_dynamodb_table of the provider (schema of 5.100). */
interface Table {
  readonly name: string;
  readonly billing_mode: string;
  readonly hash_key: string;
  readonly range_key: string | null;
  readonly attribute: readonly { readonly name: string; readonly type: string }[];
  readonly global_secondary_index: readonly {
    readonly name: string;
    readonly hash_key: string;
    readonly range_key: string | null;
    readonly projection_type: string;
    readonly non_key_attributes: readonly string[];
  }[];
  readonly ttl: readonly { readonly attribute_name: string; readonly enabled: boolean }[];
}

/** A table as CreateTable has it. */
interface TableOfAws {
  readonly AttributeDefinitions?: readonly { readonly AttributeName: string | undefined }[] | undefined;
  readonly GlobalSecondaryIndexes?:
    | readonly {
        readonly Projection: { readonly NonKeyAttributes?: readonly string[] | undefined } | undefined;
      }[]
    | undefined;
}

/** The one table of an instance as CreateTable and UpdateTimeToLive have it. */
export function tableInWordsOfAws(state: State, instance: string) {
  const found = resourcesOf(state, 'aws_dynamodb_table', `module.instance["${instance}"]`);
  const [table] = found as unknown as readonly Table[];
  if (table === undefined) throw new Error(`Terraform makes no table for ${instance}`);
  return {
    table: {
      TableName: table.name,
      BillingMode: table.billing_mode,
      AttributeDefinitions: table.attribute.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
      KeySchema: keySchema(table),
      GlobalSecondaryIndexes: table.global_secondary_index.map((index) => ({
        IndexName: index.name,
        KeySchema: keySchema(index),
        Projection: { ProjectionType: index.projection_type, NonKeyAttributes: index.non_key_attributes },
      })),
    },
    expiry: table.ttl.map((ttl) => ({ AttributeName: ttl.attribute_name, Enabled: ttl.enabled }))[0],
  };
}

/** The same table with those of its lists sorted that AWS takes in any order, to compare two. */
export function inAnyOrder<T extends TableOfAws>(table: T) {
  const name = (attribute: { readonly AttributeName: string | undefined }): string => attribute.AttributeName ?? '';
  return {
    ...table,
    AttributeDefinitions: table.AttributeDefinitions?.toSorted((one, other) => name(one).localeCompare(name(other))),
    GlobalSecondaryIndexes: table.GlobalSecondaryIndexes?.map((index) => ({
      ...index,
      Projection: { ...index.Projection, NonKeyAttributes: index.Projection?.NonKeyAttributes?.toSorted() },
    })),
  };
}

function keySchema({ hash_key, range_key }: { readonly hash_key: string; readonly range_key: string | null }) {
  const partition = { AttributeName: hash_key, KeyType: 'HASH' };
  return range_key === null ? [partition] : [partition, { AttributeName: range_key, KeyType: 'RANGE' }];
}
