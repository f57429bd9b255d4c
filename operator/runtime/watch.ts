import type { ApiClient } from './api-client.ts';
import { ApiError, responseError } from './api-error.ts';
import type { Clock } from './clock.ts';
import type { KubeObject } from './kube-object.ts';

/** One line of a watch. A bookmark's object carries nothing but a resource version. */
export interface WatchEvent<T extends KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
}

export interface WatchOptions {
  readonly client: ApiClient;
  readonly path: string;
  readonly labelSelector: string | undefined;
  readonly resourceVersion: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Called when the server accepts the watch and with every line. */
  readonly onSignOfLife: () => void;
}

/**
 * One watch from a resource version on, until the server ends it. The server is asked to end it after 5 to 10 minutes
 * (client-go tools/cache/reflector.go) and to send a bookmark every minute; 70 to 75 seconds of silence therefore mean
 * that the connection is dead although nobody closed it.
 * @throws ApiError: `gone` when the history is lost, in the answer or in the stream; `timeout` after silence; the others as they come
 */
export async function* watchOnce<T extends KubeObject>(options: WatchOptions): AsyncGenerator<WatchEvent<T>> {
  const { client, clock, random } = options;
  const silence = new AbortController();
  const silenceMs = 70_000 + 5000 * random();
  const expire = (): void => silence.abort();
  let cancel = clock.after(silenceMs, expire);
  try {
    const lines = await client.watch({
      method: 'GET',
      path: options.path,
      query: {
        watch: true,
        allowWatchBookmarks: true,
        resourceVersion: options.resourceVersion,
        timeoutSeconds: Math.round(300 + 300 * random()),
        labelSelector: options.labelSelector,
      },
      signal: AbortSignal.any([options.signal, silence.signal]),
    });
    options.onSignOfLife();
    for await (const line of lines) {
      if (options.signal.aborted) return;
      cancel();
      cancel = clock.after(silenceMs, expire);
      options.onSignOfLife();
      yield parseEvent<T>(line);
    }
  } catch (error) {
    if (options.signal.aborted) return;
    if (silence.signal.aborted) {
      throw new ApiError('timeout', `watch of ${options.path}: silent for ${Math.round(silenceMs / 1000)} s`, {
        cause: error,
      });
    }
    if (error instanceof ApiError) throw error;
    throw new ApiError(
      'network',
      `watch of ${options.path}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  } finally {
    cancel();
    silence.abort();
  }
}

function parseEvent<T extends KubeObject>(line: string): WatchEvent<T> {
  const event = JSON.parse(line) as { readonly type: string; readonly object: T & { readonly code?: number } };
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK':
      return { type: event.type, object: event.object };
    case 'ERROR':
      throw streamError(event.object.code ?? 500, JSON.stringify(event.object));
    default:
      throw new ApiError('serverError', `the API server sent a watch event of unknown type ${event.type}`);
  }
}

/**
 * An error within a stream that is neither lost history nor throttling says nothing about the transport: the position
 * itself may be bad, so it counts as `invalid`, which makes the reflector list again instead of asking for the same.
 */
function streamError(statusCode: number, body: string): ApiError {
  const error = responseError(statusCode, body);
  return error.kind === 'gone' || error.kind === 'throttled'
    ? error
    : new ApiError('invalid', error.message, { cause: error });
}
