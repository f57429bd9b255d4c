import { connect } from 'node:net';
import type { Endpoint } from '../cluster/cluster.ts';

/**
 * One attempt gets this long. A local program answers within milliseconds, and a hung one must not hold up the caller's
 * next look for ever; but the first answer of a Java program on a busy machine takes its seconds.
 */
const ATTEMPT_TIMEOUT_MS = 5_000;

/** What to ask over HTTP, and which statuses mean that the program does its work. */
export interface HttpQuestion {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isAnswer: (status: number) => boolean;
}

/** Whether the program at `endpoint` answers the question within five seconds. Refused, hung or wrong: false, never an error. */
export async function answersHttp(endpoint: Endpoint, question: HttpQuestion): Promise<boolean> {
  const { path, method = 'GET', headers = {}, body, isAnswer } = question;
  const init: RequestInit = { method, headers, redirect: 'manual', signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS) };
  if (body !== undefined) init.body = body;
  return fetch(`http://${endpoint.address}:${endpoint.port}${path}`, init)
    .then(async (response) => {
      await response.arrayBuffer();
      return isAnswer(response.status);
    })
    .catch(() => false);
}

/** Whether the Redis server at `endpoint` answers an inline PING (Redis protocol specification, "Inline commands") within five seconds. */
export function answersPing(endpoint: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: endpoint.address, port: endpoint.port });
    const conclude = (isAnswering: boolean): void => {
      socket.destroy();
      resolve(isAnswering);
    };
    socket.setTimeout(ATTEMPT_TIMEOUT_MS, () => conclude(false));
    socket.once('error', () => conclude(false));
    socket.once('close', () => conclude(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (received.includes('\r\n')) conclude(received.startsWith('+PONG'));
    });
  });
}
