import { createHash } from 'node:crypto';
import type { AgentOptions, RequestOptions } from 'node:https';
import { HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node';
import { Agent, type buildConnector, type Dispatcher } from 'undici';

/** What a request to the API server needs besides its path. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
}

/**
 * A kubeconfig whose requests share one pool of connections. client-node 2.0.1 makes a new undici Agent, and so a new
 * TLS connection, for every request (its KubeConfig.createDispatcher). The pool is replaced when the authority or the
 * client certificate changes on disk, so that rotated files are picked up; requests under way end on the old one.
 * Bearer tokens travel in headers and need no new pool.
 */
export class SharedKubeConfig extends KubeConfig {
  readonly #maxConnections: number;
  #pool: { readonly fingerprint: string; readonly dispatcher: Promise<Dispatcher> } | undefined;

  /** @param maxConnections connections to the API server at most, those of watches included */
  constructor(maxConnections: number) {
    super();
    this.#maxConnections = maxConnections;
  }

  /** The URL of the API server of the current context. Throws when the kubeconfig names none. */
  get server(): string {
    const cluster = this.getCurrentCluster();
    if (!cluster) throw new Error('The kubeconfig has no current cluster: set current-context');
    return cluster.server;
  }

  /** Reads token and certificates as they are now, and says through which connections to send. */
  async credentials(): Promise<Credentials> {
    const options: RequestOptions = {};
    await this.applyToHTTPSOptions(options);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(options.headers ?? {})) headers[name] = String(value).trim();
    if (typeof options.auth === 'string') {
      headers['Authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
    }
    return { headers, dispatcher: await this.#sharedDispatcher(options) };
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    const { headers, dispatcher } = await this.credentials();
    for (const [name, value] of Object.entries(headers)) context.setHeaderParam(name, value);
    context.setDispatcher(dispatcher);
  }

  /** Closes all connections at once, those of requests under way too. */
  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await (await pool?.dispatcher)?.destroy();
  }

  #sharedDispatcher(options: RequestOptions): Promise<Dispatcher> {
    const fingerprint = fingerprintOf(options, this.getCurrentCluster()?.server);
    const old = this.#pool;
    if (old?.fingerprint === fingerprint) return old.dispatcher;
    // Kept before it is made, so that requests which begin at the same time share it.
    const dispatcher = this.#createDispatcher(options);
    this.#pool = { fingerprint, dispatcher };
    dispatcher.catch(() => {
      if (this.#pool?.dispatcher === dispatcher) this.#pool = undefined;
    });
    // One that was never made needs no closing; who asked for it has the error.
    old?.dispatcher.then(closeWhenIdle, () => undefined);
    return dispatcher;
  }

  async #createDispatcher(options: RequestOptions): Promise<Dispatcher> {
    const chosen = this.createDispatcherOptions(this.getCurrentCluster(), options as AgentOptions);
    if (chosen.type === 'agent' || chosen.type === 'none') {
      return new Agent({
        connect: chosen.type === 'agent' ? (chosen.connect as buildConnector.BuildOptions) : { keepAlive: true },
        connections: this.#maxConnections,
        // A watch on HTTP/2 would die with every other stream of its connection, and Node's HTTP/2 client leaked
        // memory under a soak of days (defenseunicorns/pepr adr/0015).
        allowH2: false,
        keepAliveTimeout: 60_000,
      });
    }
    // Proxies are left to client-node; its dispatcher is taken once and kept.
    const context = new RequestContext(this.server, HttpMethod.GET);
    await super.applySecurityAuthentication(context);
    const dispatcher = context.getDispatcher();
    if (!dispatcher) throw new Error('client-node made no dispatcher for the proxy of the kubeconfig');
    return dispatcher;
  }
}

/** Lets the requests under way finish, however long a watch takes. */
async function closeWhenIdle(dispatcher: Dispatcher): Promise<void> {
  await dispatcher.close().catch(() => dispatcher.destroy());
}

function fingerprintOf(
  { ca, cert, key, passphrase, servername, rejectUnauthorized }: RequestOptions,
  server = '',
): string {
  const parts = [ca, cert, key].map((part) => (part === undefined ? '' : [part].flat().map(String)));
  return createHash('sha256')
    .update(JSON.stringify([parts, passphrase, servername, rejectUnauthorized, server]))
    .digest('hex');
}
