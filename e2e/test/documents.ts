import { Agent, request } from 'undici';

/** An answer of the document service, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

type Headers = Readonly<Record<string, string>>;

/** A client of the document service at one base URL. A transport error rejects; any HTTP status resolves. */
export interface Documents {
  put(id: string, body: string | Buffer, headers?: Headers): Promise<Answer>;
  get(id: string, headers?: Headers): Promise<Answer>;
  remove(id: string): Promise<Answer>;
  /** GET of a path that is not a document, such as `/health`. */
  page(path: string): Promise<Answer>;
  close(): Promise<void>;
}

/** How connections are used: kept alive and reused, or one for each request. */
export type Connections = 'kept-alive' | 'new';

/** A client with connections of its own. No request is ever sent twice. */
export function createDocuments(baseUrl: string, connections: Connections = 'kept-alive'): Documents {
  // pipelining 0 turns keep-alive off (undici, docs/api/Client.md).
  const dispatcher = new Agent({
    connect: { timeout: 5000 },
    headersTimeout: 30_000,
    pipelining: connections === 'new' ? 0 : 1,
  });
  const send = async (
    method: 'GET' | 'PUT' | 'DELETE',
    path: string,
    headers: Headers = {},
    body: string | Buffer | null = null,
  ): Promise<Answer> => {
    const response = await request(new URL(path, baseUrl), { dispatcher, method, headers, body });
    return {
      status: response.statusCode,
      headers: response.headers,
      body: Buffer.from(await response.body.arrayBuffer()),
    };
  };
  const pathOf = (id: string): string => `/documents/${encodeURIComponent(id)}`;
  return {
    put: (id, body, headers = {}) => send('PUT', pathOf(id), { 'content-type': 'text/plain', ...headers }, body),
    get: (id, headers) => send('GET', pathOf(id), headers),
    remove: (id) => send('DELETE', pathOf(id)),
    page: (path) => send('GET', path),
    close: () => dispatcher.close(),
  };
}
