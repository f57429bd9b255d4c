import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFolders } from './folders.ts';

const inHome = (...path: readonly string[]): string => join(homedir(), ...path, 'document-service-operator');

describe('the state folder', () => {
  it.each([
    { userId: 0, env: {}, state: '/var/lib/document-service-operator', reason: 'root has the folder of the machine' },
    { userId: 1000, env: {}, state: inHome('.local', 'state'), reason: 'others cannot write there' },
    {
      userId: 1000,
      env: { XDG_STATE_HOME: '/home/a/state' },
      state: '/home/a/state/document-service-operator',
      reason: 'XDG Base Directory Specification',
    },
    {
      userId: 1000,
      env: { XDG_STATE_HOME: 'state' },
      state: inHome('.local', 'state'),
      reason: 'the specification has relative paths ignored',
    },
    { userId: 0, env: { XDG_STATE_HOME: '/s' }, state: '/var/lib/document-service-operator', reason: 'root again' },
    { userId: 1000, env: { DOCUMENT_SERVICE_STATE: '/x' }, state: '/x', reason: 'what was asked for wins' },
    { userId: 0, env: { DOCUMENT_SERVICE_STATE: '/x' }, state: '/x', reason: 'for root as well' },
  ])('of user $userId with $env is $state: $reason', ({ userId, env, state }) => {
    expect(readFolders(env, userId).state).toBe(state);
  });

  it('is by default one that this user can make', () => {
    let folder = readFolders({}).state;
    while (!existsSync(folder)) folder = join(folder, '..');
    expect(() => {
      accessSync(folder, constants.W_OK);
    }).not.toThrow();
  });
});

describe('the cache folder', () => {
  it('is in the home folder, or where it was asked for', () => {
    expect(readFolders({}).cache).toBe(inHome('.cache'));
    expect(readFolders({ DOCUMENT_SERVICE_CACHE: '/c' }).cache).toBe('/c');
  });
});
