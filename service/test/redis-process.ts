import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { inject, vi } from 'vitest';
import { openLine } from './http-client.ts';

/** A Redis server of the test's own, to be stopped, killed and started again on the same port. */
export interface RedisProcess extends AsyncDisposable {
  readonly port: number;
  /** Stops it as a hung machine does: connections stay, nothing answers. */
  hang(): void;
  resume(): void;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Starts one on a free port of the loopback. */
export async function startRedis(): Promise<RedisProcess> {
  const port = await freePort();
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', '/tmp'];
    child = spawn(inject('toolchain').valkeyServer, options, { stdio: 'ignore' });
    await vi.waitFor(() => answersPing(port), { timeout: 20_000 });
  }

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  await start();
  return {
    port,
    hang: () => child?.kill('SIGSTOP'),
    resume: () => child?.kill('SIGCONT'),
    kill,
    start,
    [Symbol.asyncDispose]: kill,
  };
}

async function answersPing(port: number): Promise<void> {
  const line = await openLine(port);
  line.write('PING\r\n');
  try {
    await vi.waitFor(() => {
      if (!line.received().startsWith('+PONG')) throw new Error('no answer');
    });
  } finally {
    line.socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
