/** What went wrong in a request to the API server, as far as the caller has to decide differently. */
export type ApiErrorKind =
  | 'notFound'
  | 'alreadyExists'
  | 'conflict'
  | 'gone'
  | 'invalid'
  | 'forbidden'
  | 'unauthorized'
  | 'throttled'
  | 'serverError'
  | 'network'
  | 'timeout';

/** The parts of metav1.Status that are read here. */
export interface ApiStatus {
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly causes?: readonly { readonly reason?: string; readonly field?: string; readonly message?: string }[];
    readonly retryAfterSeconds?: number;
  };
}

/** A request to the API server that failed, classified once. `message` is fit for people: it is the API server's own. */
export class ApiError extends Error {
  readonly kind: ApiErrorKind;
  readonly statusCode: number | undefined;
  readonly status: ApiStatus | undefined;
  /** How long the server asked to be left alone, 0 if it did not say. */
  readonly retryAfterMs: number;

  constructor(
    kind: ApiErrorKind,
    message: string,
    extra: { statusCode?: number; status?: ApiStatus; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause });
    this.name = 'ApiError';
    this.kind = kind;
    this.statusCode = extra.statusCode;
    this.status = extra.status;
    this.retryAfterMs = extra.retryAfterMs ?? 0;
  }

  /** The error as a log line shows it. */
  get summary(): { readonly kind: ApiErrorKind; readonly message: string; readonly statusCode: number | undefined } {
    return { kind: this.kind, message: this.message, statusCode: this.statusCode };
  }
}

/**
 * Makes an error of an HTTP response that is not 2xx, or of an ERROR event of a watch.
 * Codes and reasons: StatusReason in k8s.io/apimachinery pkg/apis/meta/v1/types.go.
 * @param body the response's body, a Status as JSON or any text
 * @param retryAfter the Retry-After header in seconds, if there was one
 */
export function responseError(statusCode: number, body: string, retryAfter?: string): ApiError {
  const status = parseStatus(body);
  const seconds = Number(retryAfter ?? status?.details?.retryAfterSeconds ?? 0);
  return new ApiError(kindOf(statusCode, status), status?.message ?? `HTTP ${statusCode}: ${body.slice(0, 500)}`, {
    statusCode,
    ...(status ? { status } : {}),
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : 0,
  });
}

/**
 * Server-side apply of a field that no schema knows is answered with 500 and no reason, though trying again is useless
 * (k8s.io/apimachinery pkg/util/managedfields/internal/structuredmerge.go).
 */
function isUnknownField(status: ApiStatus | undefined): boolean {
  return !status?.reason && (status?.message?.startsWith('failed to create typed patch object') ?? false);
}

function kindOf(statusCode: number, status: ApiStatus | undefined): ApiErrorKind {
  switch (statusCode) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'notFound';
    case 409:
      return status?.reason === 'AlreadyExists' ? 'alreadyExists' : 'conflict';
    case 410:
      return 'gone';
    case 429:
      return 'throttled';
    case 504:
      return 'timeout';
    default:
      return statusCode >= 500 && !isUnknownField(status) ? 'serverError' : 'invalid';
  }
}

function parseStatus(body: string): ApiStatus | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'kind' in parsed && parsed.kind === 'Status')
      return parsed as ApiStatus;
  } catch {
    // A proxy in between may answer with any text; the caller then quotes it.
    return undefined;
  }
  return undefined;
}
