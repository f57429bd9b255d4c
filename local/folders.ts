import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where this project keeps what is outside the repository. All paths are absolute. */
export interface Folders {
  /** What was built or fetched once and serves every later run: safe to delete, costs the minutes of a cold start. */
  readonly cache: string;
  /** What belongs to running clusters: process ids, sockets, logs, container roots. Emptied by `npm stop`. */
  readonly state: string;
}

/**
 * Reads the folders from the environment: `DOCUMENT_SERVICE_CACHE` (default `~/.cache/document-service-operator`) and
 * `DOCUMENT_SERVICE_STATE` (default `/var/lib/document-service-operator`; its path must stay short, since unix socket
 * paths end at 107 bytes, unix(7)).
 */
export function readFolders(env: Readonly<Record<string, string | undefined>>): Folders {
  return {
    cache: env['DOCUMENT_SERVICE_CACHE'] ?? join(homedir(), '.cache', 'document-service-operator'),
    state: env['DOCUMENT_SERVICE_STATE'] ?? '/var/lib/document-service-operator',
  };
}
