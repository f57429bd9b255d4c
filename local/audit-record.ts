import { readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { auditedRequests, type AuditedRequest } from './audit-log.ts';

/** The audit log of a running API server, from which only what concerns resources is read. */
export interface AuditRecord {
  /** A place to read from later: the length of the log in bytes. */
  position(): Promise<number>;
  /** The finished requests since a position. The operator's Lease is its own heartbeat, and left out. */
  since(position: number): Promise<readonly AuditedRequest[]>;
  /**
   * Resolves when nothing was asked for `quietMs`: only then is "nothing was written" a finding. Rejects after five
   * minutes, with the last requests.
   */
  quiet(): Promise<void>;
}

const quietMs = 5000;
const patienceMs = 300_000;

/** Opens the audit log at a path; a last line that is still being written is read the next time. */
export function openAuditRecord(path: string): AuditRecord {
  const position = async (): Promise<number> => (await stat(path)).size;
  const since = async (from: number): Promise<readonly AuditedRequest[]> => {
    const requests = auditedRequests((await readFile(path)).subarray(from).toString());
    return requests.filter(({ resource }) => resource !== 'leases');
  };
  const quiet = async (): Promise<void> => {
    const untilMs = performance.now() + patienceMs;
    for (;;) {
      const from = await position();
      await delay(quietMs);
      const requests = await since(from);
      if (requests.length === 0) return;
      if (performance.now() > untilMs)
        throw new Error(`the operator goes on asking: ${JSON.stringify(requests.slice(-5))}`);
    }
  };
  return { position, since, quiet };
}
