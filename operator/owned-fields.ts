import { sameQuantity } from './quantity.ts';

/** A field that is not as the operator wants it. */
export interface Difference {
  /** Such as `spec.replicas` or `spec.template.spec.containers[document-service].image`. */
  readonly path: string;
  readonly desired: unknown;
  readonly live: unknown;
}

/**
 * By which fields the API server tells the entries of a list apart (x-kubernetes-list-map-keys of the built-in types).
 * Lists that are not named here are one value: they are compared entry by entry, in order.
 */
const LIST_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['containers', ['name']],
  ['env', ['name']],
  ['imagePullSecrets', ['name']],
  ['ownerReferences', ['uid']],
  ['ports', ['containerPort', 'port', 'protocol']],
  ['topologySpreadConstraints', ['topologyKey', 'whenUnsatisfiable']],
]);

/**
 * Compares what is desired with what is there, as far as it is desired: fields and entries of keyed lists that others have added
 * are none of the operator's business. Fields that the API server does not keep when they are empty count as equal to nothing.
 * @returns the differences, in the order of the desired fields; none where the object is as it should be
 */
export function ownedDifferences(desired: unknown, live: unknown, path = ''): readonly Difference[] {
  if (isRecord(desired)) {
    if (live !== undefined && !isRecord(live)) return [{ path, desired, live }];
    return Object.entries(desired).flatMap(([field, value]) =>
      ownedDifferences(
        value,
        live && Object.hasOwn(live, field) ? live[field] : undefined,
        path === '' ? field : `${path}.${field}`,
      ),
    );
  }
  if (Array.isArray(desired)) return listDifferences(desired, live, path);
  if (desired === live || (isEmpty(desired) && live === undefined)) return [];
  return isQuantityPath(path) && sameQuantity(desired, live) ? [] : [{ path, desired, live }];
}

function listDifferences(desired: readonly unknown[], live: unknown, path: string): readonly Difference[] {
  if (desired.length === 0 && live === undefined) return [];
  if (!Array.isArray(live)) return [{ path, desired, live }];
  const keys = LIST_KEYS.get(path.slice(path.lastIndexOf('.') + 1));
  if (keys) {
    return desired.flatMap((entry) => {
      const same = live.find((other) => sameKeys(keys, entry, other));
      const place = `${path}[${nameOf(keys, entry)}]`;
      return same === undefined
        ? [{ path: place, desired: entry, live: undefined }]
        : ownedDifferences(entry, same, place);
    });
  }
  if (desired.length !== live.length) return [{ path, desired, live }];
  return desired.flatMap((entry, index) => ownedDifferences(entry, live[index], `${path}[${index}]`));
}

function sameKeys(keys: readonly string[], a: unknown, b: unknown): boolean {
  return isRecord(a) && isRecord(b) && keys.every((key) => (a[key] ?? '') === (b[key] ?? ''));
}

function nameOf(keys: readonly string[], entry: unknown): string {
  const key = keys.find((key) => isRecord(entry) && entry[key] !== undefined);
  return isRecord(entry) && key !== undefined ? String(entry[key]) : '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Strings and nulls that Go leaves out when it writes JSON (`omitempty`), so that writing them is the same as not writing them.
 * Not false and 0: those are pointers where it matters, and their absence means something else.
 */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function isQuantityPath(path: string): boolean {
  return /(^|\.)resources\.(limits|requests)\.|\.divisor$/.test(path);
}
