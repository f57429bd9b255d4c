/** What the demonstration saw, for the lines that are printed. */
export interface Demonstration {
  readonly url: string;
  readonly putStatus: number;
  readonly etag: string;
  readonly content: string;
}

/**
 * Stores a document through the load balancer and fetches it again; the sign that the whole path works. Throws when
 * any step does not answer as it should.
 */
export async function demonstrate(baseUrl: string): Promise<Demonstration> {
  const url = `${baseUrl}/documents/hello`;
  const content = `Hello from ${new Date().toISOString()}`;
  const signal = AbortSignal.timeout(10_000);
  const stored = await fetch(url, { method: 'PUT', body: content, headers: { 'content-type': 'text/plain' }, signal });
  if (!stored.ok) throw new Error(`PUT ${url} answered ${stored.status}: ${await stored.text()}`);
  const fetched = await fetch(url, { signal });
  const text = await fetched.text();
  if (fetched.status !== 200 || text !== content) throw new Error(`GET ${url} answered ${fetched.status}: ${text}`);
  return { url, putStatus: stored.status, etag: fetched.headers.get('etag') ?? '', content: text };
}
