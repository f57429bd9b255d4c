import { describe, expect, it } from 'vitest';
import type { AuditedRequest } from '../local/audit-log.ts';
import { ratioOf, type Window } from './operator-writes.ts';
import { passes } from './verdict.ts';

const request = (text: string): AuditedRequest => {
  const [verb = '', resource = ''] = text.split(' ');
  return { verb, resource, name: 'bench-0' };
};
const window = (...requests: readonly string[]): Window => ({ title: 'any', requests: requests.map(request) });
const children = ['create serviceaccounts', 'create configmaps', 'create deployments', 'create services'];
const created = window(...children, 'patch documentservices/status', 'create events');
const quiet = window();

describe('the verdict on what a resource costs the API server', () => {
  it.each([
    { windows: [created, quiet, quiet], ok: true, reason: 'four creates, a status and an event, then nothing' },
    { windows: [created, window('list documentservices')], ok: true, reason: 'a list that is opened once' },
    { windows: [quiet, quiet, quiet], ok: false, reason: 'a record that saw nothing' },
    { windows: [], ok: false, reason: 'nothing was measured' },
    { windows: [created], ok: false, reason: 'nothing was measured at rest' },
    { windows: [window(...children.slice(1)), quiet], ok: false, reason: 'a child that nobody made' },
    { windows: [window(...children, 'create services'), quiet], ok: false, reason: 'a child that was made twice' },
    { windows: [created, quiet, window('patch deployments')], ok: false, reason: 'one write at rest, though cheap' },
    {
      windows: [window(...children, ...Array.from({ length: 5 }, () => 'get services')), quiet],
      ok: false,
      reason: 'more than the budget',
    },
  ])('$reason passes: $ok', ({ windows, ok }) => {
    expect(passes({ name: 'x', ratio: ratioOf(windows, 1), target: 1 })).toBe(ok);
  });
});
