import { expect, test } from 'vitest';
import { createCacheTrust } from './cache-trust.ts';

test('the cache is trusted until it missed a commit, and again after a new generation', async () => {
  const changes: boolean[] = [];
  const trust = createCacheTrust((trusted) => changes.push(trusted));
  expect(trust.trusted()).toBe(true);
  trust.missed();
  trust.missed();
  expect(trust.trusted()).toBe(false);
  expect(await trust.renew(async () => 8)).toBe(8);
  expect(trust.trusted()).toBe(true);
  expect(changes).toEqual([false, true]);
});

test('a new generation makes up for nothing that was missed after it was asked for', async () => {
  const trust = createCacheTrust(() => undefined);
  trust.missed();
  await trust.renew(async () => {
    trust.missed();
    return 8;
  });
  expect(trust.trusted()).toBe(false);
  await trust.renew(async () => 9);
  expect(trust.trusted()).toBe(true);
});

test('a new generation that could not be begun makes up for nothing', async () => {
  const trust = createCacheTrust(() => undefined);
  trust.missed();
  await expect(trust.renew(() => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
  expect(trust.trusted()).toBe(false);
});

test('an answer that comes after a later one takes nothing back', async () => {
  const trust = createCacheTrust(() => undefined);
  const early = Promise.withResolvers<number>();
  trust.missed();
  const slow = trust.renew(() => early.promise);
  trust.missed();
  await trust.renew(async () => 9);
  early.resolve(8);
  await slow;
  expect(trust.trusted()).toBe(true);
});
