import { describe, expect, test } from 'vitest';
import { schemaErrors, type Schema } from './resource-schema.ts';

const schema: Schema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string' },
    port: { type: 'integer' },
    tls: { type: 'boolean' },
    level: { type: 'string', enum: ['info', 'debug'] },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    affinity: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    list: { type: 'array', items: { type: 'object', properties: { key: { type: 'string' } } } },
  },
};

describe('a value that fits', () => {
  test.each([
    { value: { name: 'a' }, reason: 'only what is required' },
    { value: { name: 'a', port: 1, tls: false, level: 'info' }, reason: 'a field of each type' },
    {
      value: { name: 'a', labels: { anything: 'x' }, affinity: { deep: { er: [1] } } },
      reason: 'fields that the schema leaves open',
    },
    { value: { name: 'a', list: [{ key: 'x' }, {}] }, reason: 'a list' },
  ])('has no error: $reason', ({ value }) => {
    expect(schemaErrors(schema, value)).toEqual([]);
  });
});

describe('a value that does not fit', () => {
  test.each([
    { value: {}, errors: ['.name is required by the schema and missing'], reason: 'a required field is missing' },
    { value: { name: 'a', nmae: 'b' }, errors: ['.nmae is not in the schema'], reason: 'an unknown field' },
    { value: { name: 1 }, errors: ['.name is 1 where the schema has string'], reason: 'another type' },
    { value: { name: 'a', port: 1.5 }, errors: ['.port is 1.5 where the schema has integer'], reason: 'a fraction' },
    { value: { name: 'a', tls: null }, errors: ['.tls is null where the schema has boolean'], reason: 'null' },
    {
      value: { name: 'a', level: 'loud' },
      errors: ['.level is "loud" where the schema has ["info","debug"]'],
      reason: 'a value that is not listed',
    },
    {
      value: { name: 'a', labels: { x: 1 } },
      errors: ['.labels.x is 1 where the schema has string'],
      reason: 'a wrong value in a map',
    },
    {
      value: { name: 'a', list: [{ kay: 'x' }] },
      errors: ['.list[0].kay is not in the schema'],
      reason: 'an unknown field in a list',
    },
    { value: [], errors: ['. is [] where the schema has object'], reason: 'a list for an object' },
  ])('has an error that names the field: $reason', ({ value, errors }) => {
    expect(schemaErrors(schema, value)).toEqual(errors);
  });
});
