import { expect, test } from 'vitest';
import { haproxyConfig } from './haproxy-config.ts';

const settings = { healthPath: '/readyz', healthIntervalMs: 2_000, idleTimeoutMs: 60_000, statisticsPort: 8404 };
const config = haproxyConfig({
  ...settings,
  targets: [
    { address: '10.89.0.11', port: 30080 },
    { address: '10.89.0.12', port: 30080 },
  ],
});

test('every target is there for healthy times and for those when none is healthy', () => {
  expect(config.match(/server 10\.89\.0\.11_30080 10\.89\.0\.11:30080/g)).toHaveLength(2);
  expect(config.match(/server 10\.89\.0\.12_30080 10\.89\.0\.12:30080/g)).toHaveLength(2);
});

test('two results in a row, 2 s apart, put a target in or out', () => {
  expect(config).toContain('uri /readyz');
  expect(config).toContain('check inter 2000ms rise 2 fall 2');
});

test('nothing sends a request again', () => {
  expect(config).toMatch(/^ +retries 0$/m);
  expect(config).not.toMatch(/retry-on|redispatch|retries [1-9]/);
});

test('it listens on no other address than the one it is given', () => {
  const binds = [...config.matchAll(/^ +bind (.*)$/gm)].map(([, address]) => address ?? '');
  expect(
    binds.filter((address) => !address.startsWith('"${LISTEN_ADDRESS}:') && !address.startsWith('"abns@')),
  ).toEqual([]);
  expect(binds).toHaveLength(3);
});

test('without targets it is still a whole load balancer', () => {
  expect(haproxyConfig({ ...settings, targets: [] })).toContain('return status 503');
});
