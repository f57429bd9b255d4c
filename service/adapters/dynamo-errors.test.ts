import { expect, test } from 'vitest';
import { hadNoEffect } from './dynamo-errors.ts';

function failure(fields: { readonly name?: string; readonly code?: string }): Error {
  return Object.assign(new Error('failed'), fields);
}

test.each([
  { error: failure({ code: 'ECONNREFUSED' }), sure: true, reason: 'nobody listened' },
  { error: failure({ code: 'ENOTFOUND' }), sure: true, reason: 'no address' },
  { error: failure({ name: 'ThrottlingException' }), sure: true, reason: 'turned away' },
  { error: failure({ name: 'ProvisionedThroughputExceededException' }), sure: true, reason: 'turned away' },
  { error: failure({ name: 'ResourceNotFoundException' }), sure: true, reason: 'no such table' },
  { error: failure({ name: 'CredentialsProviderError' }), sure: true, reason: 'never signed' },
  {
    error: new AggregateError([failure({ code: 'ECONNREFUSED' }), failure({ code: 'ENETUNREACH' })]),
    sure: true,
    reason: 'nobody listened on any address',
  },
  { error: failure({ name: 'TimeoutError', code: 'ETIMEDOUT' }), sure: false, reason: 'it may have arrived' },
  { error: failure({ code: 'ECONNRESET' }), sure: false, reason: 'it may have arrived' },
  { error: failure({ code: 'EPIPE' }), sure: false, reason: 'some of it may have arrived' },
  { error: failure({ name: 'InternalServerError' }), sure: false, reason: 'DynamoDB says that it may have been done' },
  {
    error: new AggregateError([failure({ code: 'ECONNREFUSED' }), failure({ code: 'ETIMEDOUT' })]),
    sure: false,
    reason: 'one of the addresses may have got it',
  },
  { error: 'a text', sure: false, reason: 'unheard of' },
])('$reason: $sure', ({ error, sure }) => {
  expect(hadNoEffect(error)).toBe(sure);
});
