import { CoreV1Api } from '@kubernetes/client-node';
import dotI, { ResourceEventType, type OperatorLogger, type ResourceEvent } from '@dot-i/k8s-operator';
import { collectionPath, type KubeObject } from './runtime/kube-object.ts';
import type { CacheChange, Reflector } from './runtime/reflector.ts';
import type { SharedKubeConfig } from './runtime/shared-kube-config.ts';
import type { Priority } from './runtime/work-queue.ts';
import { keysFor, WATCHED_TYPES } from './watches.ts';

export interface OperatorParts {
  readonly kubeConfig: SharedKubeConfig;
  readonly namespace: string | undefined;
  readonly createReflector: (
    plural: string,
    onChange: (change: CacheChange<KubeObject>) => void,
  ) => Reflector<KubeObject>;
  readonly enqueue: (key: string, priority: Priority) => void;
  readonly logger: OperatorLogger;
}

interface WatchedEvent extends ResourceEvent {
  readonly change: CacheChange<KubeObject>;
}

const EVENT_TYPES = {
  added: ResourceEventType.Added,
  modified: ResourceEventType.Modified,
  deleted: ResourceEventType.Deleted,
} as const;

/** The package is CommonJS: Node imports its `module.exports`, the test runner the class within it. */
const BaseOperator: typeof dotI.default = dotI.default ?? dotI;

/**
 * The operator as @dot-i/k8s-operator knows one: it watches, and each event adds a key to the work queue. Nothing else happens here.
 *
 * On client-node 2 every method of the base class that talks to the API server is broken, and its watch ends the process on any
 * network error. So each of them is overridden and goes to the operator's own runtime; operator.test.ts fails where one is not.
 */
export class DocumentServiceOperator extends BaseOperator {
  readonly #parts: OperatorParts;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>[] = [];
  readonly #reflectors: Reflector<KubeObject>[] = [];

  constructor(parts: OperatorParts) {
    super(parts.logger);
    this.#parts = parts;
    this.kubeConfig = parts.kubeConfig;
    this.k8sApi = parts.kubeConfig.makeApiClient(CoreV1Api);
  }

  /** The reflectors, once started. */
  get reflectors(): readonly Reflector<KubeObject>[] {
    return this.#reflectors;
  }

  override async start(): Promise<void> {
    await this.init();
  }

  /** Ends all watches, for good. */
  override stop(): void {
    this.#stopping.abort();
  }

  /** Resolves when all watches have ended, after `stop`. */
  async stopped(): Promise<void> {
    await Promise.all(this.#running);
  }

  protected override async init(): Promise<void> {
    for (const { apiVersion, plural } of WATCHED_TYPES) {
      const [version = '', group = ''] = apiVersion.split('/').toReversed();
      const onEvent = async ({ change }: WatchedEvent): Promise<void> => {
        const priority = change.listed ? 'resync' : 'edit';
        for (const key of keysFor(plural, change.object)) this.#parts.enqueue(key, priority);
      };
      await this.watchResource(group, version, plural, onEvent, this.#parts.namespace);
    }
  }

  protected override async watchResource(
    group: string,
    version: string,
    plural: string,
    onEvent: (event: WatchedEvent) => Promise<void>,
    _namespace?: string,
  ): Promise<void> {
    const apiVersion = group === '' ? version : `${group}/${version}`;
    const id = `${plural}.${apiVersion}`;
    const reflector = this.#parts.createReflector(plural, (change) => {
      const object = change.object as unknown as ResourceEvent['object'];
      const { name, namespace, resourceVersion } = change.object.metadata;
      const meta = {
        id,
        name,
        resourceVersion,
        apiVersion,
        kind: change.object.kind ?? '',
        ...(namespace === undefined ? {} : { namespace }),
      };
      onEvent({ meta, type: EVENT_TYPES[change.type], object, change }).catch((error: unknown) => {
        this.logger.error(`the handler of ${id} failed: ${String(error)}`);
      });
    });
    this.#reflectors.push(reflector);
    this.#running.push(reflector.run(this.#stopping.signal));
  }

  protected override async registerCustomResourceDefinition(): Promise<never> {
    throw new Error('This operator registers no definitions: they are installed with it, and its role does not let it');
  }

  protected override getCustomResourceApiUri(
    group: string,
    version: string,
    plural: string,
    namespace?: string,
  ): string {
    const type = { apiVersion: group === '' ? version : `${group}/${version}`, kind: '', plural };
    return this.#parts.kubeConfig.server + collectionPath(type, namespace);
  }

  protected override async setResourceStatus(): Promise<never> {
    throw new Error('This operator writes status by its StatusWriter');
  }

  protected override async patchResourceStatus(): Promise<never> {
    throw new Error('This operator writes status by its StatusWriter');
  }

  protected override async handleResourceFinalizer(): Promise<boolean> {
    throw new Error('This operator sets no finalizers: the children go by their owner references');
  }

  protected override async setResourceFinalizers(): Promise<void> {
    throw new Error('This operator sets no finalizers: the children go by their owner references');
  }

  protected override async applyAxiosKubeConfigAuth(request: {
    headers?: Record<string, string | number | boolean>;
  }): Promise<void> {
    request.headers = { ...request.headers, ...(await this.#parts.kubeConfig.credentials()).headers };
  }

  protected override async applyGaxiosKubeConfigAuth(options: { headers?: Record<string, string> }): Promise<void> {
    options.headers = { ...options.headers, ...(await this.#parts.kubeConfig.credentials()).headers };
  }
}
