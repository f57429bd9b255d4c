import { ApiError } from '../runtime/api-error.ts';

/** What the API server says to a write that it refuses. */
export async function refusal(write: Promise<unknown>): Promise<string> {
  const error: unknown = await write.then(
    () => new Error('it was accepted'),
    (error: unknown) => error,
  );
  if (!(error instanceof ApiError) || error.kind !== 'invalid') throw error;
  return error.message;
}
