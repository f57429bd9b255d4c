/** One finished request in the API server's audit log (k8s.io/apiserver, pkg/apis/audit/v1: Event). */
export interface AuditedRequest {
  readonly verb: string;
  /** Plural, with the subresource after a slash: `documentservices/status`. */
  readonly resource: string;
  readonly name: string;
}

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly name?: string };
}

const writeVerbs: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
const readVerbs: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/** Whether the request could have changed something. */
export const isWrite = ({ verb }: AuditedRequest): boolean => writeVerbs.has(verb);

/** Whether the request read something. Watches and lists count when they are opened. */
export const isRead = ({ verb }: AuditedRequest): boolean => readVerbs.has(verb);

/**
 * The finished requests of a piece of an audit log, oldest first. A last line that is still being written is left out.
 * Throws on a line that is whole and no JSON.
 */
export function auditedRequests(log: string): readonly AuditedRequest[] {
  const lines = log.slice(0, log.lastIndexOf('\n') + 1).split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line): AuditEvent => JSON.parse(line))
    .filter(({ stage, objectRef }) => stage === 'ResponseComplete' && objectRef?.resource !== undefined)
    .map(({ verb, objectRef }) => ({
      verb,
      resource: [objectRef?.resource, objectRef?.subresource].filter((part) => part !== undefined).join('/'),
      name: objectRef?.name ?? '',
    }));
}

/** How often each pair of verb and resource was asked for: `create deployments` to a count, most first, then by name. */
export function countByVerbAndResource(requests: readonly AuditedRequest[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { verb, resource } of requests) {
    const key = `${verb} ${resource}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return new Map([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}
