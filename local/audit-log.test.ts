import { describe, expect, it } from 'vitest';
import { auditedRequests, countByVerbAndResource, isRead, isWrite } from './audit-log.ts';

const line = (verb: string, resource: string, over: object = {}): string =>
  `${JSON.stringify({ stage: 'ResponseComplete', verb, objectRef: { resource, name: 'a' }, ...over })}\n`;

describe('the audit log of the API server', () => {
  it('gives the finished requests in order, with their subresource', () => {
    const log =
      line('create', 'deployments') +
      line('patch', 'x', { objectRef: { resource: 'documentservices', subresource: 'status', name: 'b' } });
    expect(auditedRequests(log)).toEqual([
      { verb: 'create', resource: 'deployments', name: 'a' },
      { verb: 'patch', resource: 'documentservices/status', name: 'b' },
    ]);
  });

  it('counts a request once, although the log has a line for each of its stages', () => {
    const log = line('get', 'pods', { stage: 'RequestReceived' }) + line('get', 'pods');
    expect(auditedRequests(log)).toHaveLength(1);
  });

  it('leaves out a last line that is still being written', () => {
    expect(auditedRequests(`${line('get', 'pods')}{"stage":"Respon`)).toHaveLength(1);
  });

  it('does not pass over a broken line', () => {
    expect(() => auditedRequests(`no json\n${line('get', 'pods')}`)).toThrow(SyntaxError);
  });

  it('is counted by verb and resource, the most frequent first', () => {
    const requests = auditedRequests(line('create', 'events') + line('create', 'services') + line('create', 'events'));
    expect([...countByVerbAndResource(requests)]).toEqual([
      ['create events', 2],
      ['create services', 1],
    ]);
  });

  it.each([
    { verb: 'patch', write: true, read: false },
    { verb: 'delete', write: true, read: false },
    { verb: 'list', write: false, read: true },
    { verb: 'watch', write: false, read: true },
  ])('knows $verb as a write: $write, as a read: $read', ({ verb, write, read }) => {
    const request = { verb, resource: 'pods', name: '' };
    expect({ write: isWrite(request), read: isRead(request) }).toEqual({ write, read });
  });
});
