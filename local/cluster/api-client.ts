import { Agent, request } from 'node:https';
import type { Credentials } from './kubeconfig.ts';

/** An answer of the API server: the HTTP status, and the body as text. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

/** What starting a cluster asks of an API server. */
export interface ApiClient {
  /** Rejects when there is no answer within five seconds. */
  get(path: string): Promise<ApiAnswer>;
  /** Whether the API server says that it is ready; false too when it cannot be reached. */
  isReady(): Promise<boolean>;
  close(): void;
}

const answerTimeoutMs = 5_000;

/**
 * A client that keeps its connection. Close it, or the process stays alive for it. Aborting `stop` ends what it waits for.
 */
export function createApiClient(
  { server, authority, certificate, key }: Credentials,
  stop: AbortSignal = new AbortController().signal,
): ApiClient {
  const agent = new Agent({ keepAlive: true, ca: authority, cert: certificate, key });
  const get: ApiClient['get'] = (path) =>
    new Promise((resolve, reject) => {
      const signal = AbortSignal.any([stop, AbortSignal.timeout(answerTimeoutMs)]);
      const sent = request(new URL(path, server), { agent, signal }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', reject);
        answer.once('end', () => {
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
        });
      });
      sent.once('error', reject);
      sent.end();
    });
  return {
    get,
    isReady: () =>
      get('/readyz').then(
        ({ status }) => status === 200,
        () => false,
      ),
    close: () => {
      agent.destroy();
    },
  };
}
