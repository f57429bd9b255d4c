/** The part of a structural schema (Kubernetes, CustomResourceDefinition v1, openAPIV3Schema) that is walked here. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly additionalProperties?: Schema | boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

/**
 * Compares a value with a schema: one line for each field that the schema does not know, that has another type, that is
 * not one of the values listed, or that is required and missing. An API server would drop the first kind without a word.
 */
export function schemaErrors(schema: Schema, value: unknown, path = ''): readonly string[] {
  if (schema.type !== undefined && typeOf(value, schema.type) !== schema.type) {
    return [`${path || '.'} is ${JSON.stringify(value)} where the schema has ${schema.type}`];
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    return [`${path} is ${JSON.stringify(value)} where the schema has ${JSON.stringify(schema.enum)}`];
  }
  if (Array.isArray(value)) {
    const { items = {} } = schema;
    return value.flatMap((item, index) => schemaErrors(items, item, `${path}[${index}]`));
  }
  return isRecord(value) ? fieldErrors(schema, value, path) : [];
}

function fieldErrors(schema: Schema, value: Readonly<Record<string, unknown>>, path: string): readonly string[] {
  const missing = (schema.required ?? [])
    .filter((field) => !Object.hasOwn(value, field))
    .map((field) => `${path}.${field} is required by the schema and missing`);
  const errors = Object.entries(value).flatMap(([field, item]) => {
    const known = schema.properties?.[field] ?? schemaOfOthers(schema);
    if (known === undefined) return [`${path}.${field} is not in the schema`];
    return schemaErrors(known, item, `${path}.${field}`);
  });
  return [...missing, ...errors];
}

/** What the schema says of fields that it does not name; undefined when there may be none. */
function schemaOfOthers(schema: Schema): Schema | undefined {
  if (typeof schema.additionalProperties === 'object') return schema.additionalProperties;
  const isOpen = schema.additionalProperties === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  return isOpen ? { 'x-kubernetes-preserve-unknown-fields': true } : undefined;
}

function typeOf(value: unknown, expected: string): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  if (typeof value === 'number' && Number.isInteger(value) && expected === 'integer') return 'integer';
  return typeof value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
