/**
 * Whether a call that failed certainly had no effect: it never left, or the engine says that it refused it. Everything
 * else (timeouts, broken connections, 5xx) may have taken effect.
 */
export function hadNoEffect(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return refusals.has(error.name) || neverSent.has(codeOf(error)) || neverReachedAny(error);
}

/** Answers that DynamoDB gives before it looks at the item (developer guide, "Error handling with DynamoDB"). */
const refusals: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'ResourceNotFoundException',
  'ValidationException',
  'AccessDeniedException',
  'UnrecognizedClientException',
  'IncompleteSignatureException',
  'MissingAuthenticationTokenException',
  'ExpiredTokenException',
  'CredentialsProviderError',
]);

/** Failures of connecting or of finding the address (errno of connect and of getaddrinfo). */
const neverSent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** Node reports one error per address where a name has several. */
function neverReachedAny(error: Error): boolean {
  if (!(error instanceof AggregateError) || error.errors.length === 0) return false;
  return error.errors.every((each) => each instanceof Error && neverSent.has(codeOf(each)));
}
