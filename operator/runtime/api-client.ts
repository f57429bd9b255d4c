import type { Dispatcher } from 'undici';
import { errors } from 'undici';
import { ApiError, responseError } from './api-error.ts';
import type { ClientMetrics } from './metrics.ts';
import { readLines } from './watch-lines.ts';
import type { Credentials } from './shared-kube-config.ts';

/** One request to the API server. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Of the body; `application/json` where it is not given. */
  readonly contentType?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Sends requests to the API server. All failures are an `ApiError`, but for the abort of the caller's own signal. */
export interface ApiClient {
  /** Sends one request and resolves with the JSON of its answer. */
  request<T>(request: ApiRequest): Promise<T>;
  /** Opens a watch; resolves once the server has accepted it, with its lines as they come. */
  watch(request: ApiRequest): Promise<AsyncIterable<string>>;
}

/** Where requests go: the kubeconfig, or what stands for it in a test. */
export interface Connection {
  readonly server: string;
  credentials(): Promise<Credentials>;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** The API client over undici, without the generated classes of client-node: their deserialising costs more than the request. */
export class HttpApiClient implements ApiClient {
  readonly #connection: Connection;
  readonly #metrics: ClientMetrics;
  readonly #origin: string;
  readonly #prefix: string;
  readonly #userAgent: string;

  constructor(connection: Connection, metrics: ClientMetrics, userAgent: string) {
    this.#connection = connection;
    this.#metrics = metrics;
    const url = new URL(connection.server);
    this.#origin = url.origin;
    // Gateways in front of several clusters serve each below a path.
    this.#prefix = url.pathname.replace(/\/$/, '');
    this.#userAgent = userAgent;
  }

  async request<T>(request: ApiRequest): Promise<T> {
    const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    return classified(request, async () => {
      const response = await this.#send(request, { signal, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
      const text = await response.body.text();
      if (response.statusCode >= 300) throw responseError(response.statusCode, text, header(response, 'retry-after'));
      return JSON.parse(text) as T;
    });
  }

  async watch(request: ApiRequest): Promise<AsyncIterable<string>> {
    const response = await classified(request, () =>
      this.#send(request, {
        ...(request.signal ? { signal: request.signal } : {}),
        headersTimeout: request.timeoutMs ?? DEFAULT_TIMEOUT_MS,
        // Silence is judged by the reflector, which knows when bookmarks are due.
        bodyTimeout: 0,
      }),
    );
    if (response.statusCode >= 300) {
      const text = await classified(request, () => response.body.text());
      throw responseError(response.statusCode, text, header(response, 'retry-after'));
    }
    return readLines(response.body);
  }

  async #send(
    request: ApiRequest,
    limits: Pick<Dispatcher.RequestOptions, 'signal' | 'headersTimeout' | 'bodyTimeout'>,
  ): Promise<Dispatcher.ResponseData> {
    const startedMs = performance.now();
    const { headers, dispatcher } = await this.#connection.credentials();
    let code = '<error>';
    try {
      const response = await dispatcher.request({
        origin: this.#origin,
        path: this.#prefix + request.path + queryString(request.query),
        method: request.method,
        headers: {
          ...headers,
          accept: 'application/json',
          'user-agent': this.#userAgent,
          ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        ...limits,
      });
      code = String(response.statusCode);
      return response;
    } finally {
      this.#metrics.observeRequest({
        code,
        method: request.method,
        host: new URL(this.#origin).host,
        seconds: (performance.now() - startedMs) / 1000,
      });
    }
  }
}

/** Turns what undici throws into an `ApiError`; the abort of the caller's own signal is passed on as it is. */
async function classified<T>(request: ApiRequest, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ApiError || request.signal?.aborted) throw error;
    const what = `${request.method} ${request.path}`;
    if (isTimeout(error))
      throw new ApiError('timeout', `${what}: no answer from the API server in time`, { cause: error });
    throw new ApiError('network', `${what}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    error instanceof errors.ConnectTimeoutError ||
    (error instanceof Error && error.name === 'TimeoutError')
  );
}

function queryString(query: ApiRequest['query']): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

function header(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
