import { readFileSync } from 'node:fs';
import { expect, inject, test } from 'vitest';

/** The local addresses of listening TCP sockets as /proc/net shows them: hexadecimal ADDRESS:PORT (proc(5)). */
function listening(): readonly string[] {
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => readFileSync(path, 'utf8').split('\n'));
  return lines.map((line) => line.trim().split(/\s+/)).flatMap((cells) => (cells[3] === '0A' ? [cells[1] ?? ''] : []));
}

test('every engine listens on loopback alone', () => {
  const { dynamodb, s3, aws, redis } = inject('engines');
  const ports = [...[dynamodb, s3, aws].map((url) => Number(new URL(url).port)), redis.port];
  const sockets = ports.map((port) => port.toString(16).toUpperCase().padStart(4, '0'));
  const addresses = sockets.map(
    (port) =>
      listening()
        .find((socket) => socket.endsWith(`:${port}`))
        ?.split(':')[0],
  );
  // 127.0.0.1, and the same mapped into IPv6, in the machine's (little-endian) order of bytes.
  const loopback = /^(0100007F|0{16}FFFF00000100007F)$/;
  expect(addresses).toEqual(ports.map(() => expect.stringMatching(loopback)));
});
