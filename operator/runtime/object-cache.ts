import { hasReached, keyOf, type KubeObject } from './kube-object.ts';

/** The objects of one kind as the reflector last saw them. Written by the reflector alone, read by everybody. */
export class ObjectCache<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #keysByOwner = new Map<string, Set<string>>();
  #resourceVersion = '0';

  /** The object of this key, if it is there. */
  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  get size(): number {
    return this.#objects.size;
  }

  keys(): readonly string[] {
    return [...this.#objects.keys()];
  }

  /** All objects that name this uid among their owners, in no particular order. */
  ownedBy(uid: string): readonly T[] {
    const keys = this.#keysByOwner.get(uid) ?? [];
    return [...keys].flatMap((key) => this.#objects.get(key) ?? []);
  }

  /** Whether everything up to this resource version has been seen. */
  hasSeen(resourceVersion: string): boolean {
    return hasReached(this.#resourceVersion, resourceVersion);
  }

  put(object: T): void {
    const key = keyOf(object);
    this.#unindex(key);
    this.#objects.set(key, object);
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const keys = this.#keysByOwner.get(uid);
      if (keys) keys.add(key);
      else this.#keysByOwner.set(uid, new Set([key]));
    }
  }

  remove(key: string): void {
    this.#unindex(key);
    this.#objects.delete(key);
  }

  /** Notes how far the API server's history has been followed. */
  advanceTo(resourceVersion: string): void {
    this.#resourceVersion = resourceVersion;
  }

  #unindex(key: string): void {
    for (const { uid } of this.#objects.get(key)?.metadata.ownerReferences ?? []) {
      const keys = this.#keysByOwner.get(uid);
      keys?.delete(key);
      if (keys?.size === 0) this.#keysByOwner.delete(uid);
    }
  }
}
