/**
 * Whether a call that failed certainly had no effect: it never left, or the engine says that it refused it. Everything
 * else (timeouts, broken connections, 5xx) may have taken effect.
 */
export function hadNoEffect(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    refusals.has(error.name) || neverSent.has(codeOf(error)) || codesWithin(error).some((code) => neverSent.has(code))
  );
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

/** Node reports one error per address where a name has several (AggregateError). */
function codesWithin(error: Error): readonly string[] {
  return error instanceof AggregateError ? error.errors.map((each) => (each instanceof Error ? codeOf(each) : '')) : [];
}
