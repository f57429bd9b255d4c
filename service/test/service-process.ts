import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import type { Environment } from '../variables.ts';
import { exchange, type Received, type Sent } from './http-client.ts';

const program = fileURLToPath(new URL('../main.ts', import.meta.url));
const startsWithinMs = 30_000;

/** The program as its own process, that ends with the test. */
export interface ServiceProcess extends AsyncDisposable {
  readonly port: number;
  readonly metricsPort: number;
  send(sent: Sent): Promise<Received>;
  /** Lines of its log so far, parsed. */
  log(): readonly Readonly<Record<string, unknown>>[];
  signal(name: NodeJS.Signals): void;
  /** Resolves with the exit code, or with the signal that killed it. */
  readonly exit: Promise<number | string>;
}

/** Runs the program to its end. */
export async function runProgram(
  env: Environment,
): Promise<{ readonly exit: number | string; readonly stderr: string }> {
  const child = start(env);
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return { exit: await exitOf(child), stderr };
}

/** Starts the program on free ports of the loopback and waits until it listens. */
export async function startProcess(env: Environment): Promise<ServiceProcess> {
  const child = start({ HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', AUTH_MODE: 'none', ...env });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const exit = exitOf(child);
  const log = () =>
    stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const ports = await vi.waitFor(
    () => {
      const line = log().find(({ msg }) => msg === 'listening');
      if (line === undefined) throw new Error(`the service does not listen: ${stderr}${stdout}`);
      return line as { readonly apiPort: number; readonly metricsPort: number };
    },
    { timeout: startsWithinMs, interval: 20 },
  );
  return {
    port: ports.apiPort,
    metricsPort: ports.metricsPort,
    send: (sent) => exchange(ports.apiPort, sent),
    log,
    signal: (name) => child.kill(name),
    exit,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

function start(env: Environment): ChildProcess {
  const { PATH } = process.env;
  return spawn(process.execPath, [program], { env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function exitOf(child: ChildProcess): Promise<number | string> {
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return code ?? signal ?? 'gone';
}
