import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where this project keeps what is outside the repository. All paths are absolute. */
export interface Folders {
  /** What was built or fetched once and serves every later run: safe to delete, costs the minutes of a cold start. */
  readonly cache: string;
  /** What belongs to running clusters: process ids, sockets, logs, container roots. Emptied by `npm stop`. */
  readonly state: string;
}

/**
 * Reads the folders from the environment: `DOCUMENT_SERVICE_CACHE` (default `~/.cache/document-service-operator`) and
 * `DOCUMENT_SERVICE_STATE`. The latter's default is `/var/lib/document-service-operator` for root, short because unix
 * socket paths end at 107 bytes (unix(7)), and for everybody else a folder that they can make, below `$XDG_STATE_HOME` or
 * `~/.local/state`.
 */
export function readFolders(env: Env, userId = process.getuid?.()): Folders {
  return {
    cache: env['DOCUMENT_SERVICE_CACHE'] ?? join(homedir(), '.cache', folderName),
    state: env['DOCUMENT_SERVICE_STATE'] ?? join(stateHome(env, userId), folderName),
  };
}

type Env = Readonly<Record<string, string | undefined>>;

const folderName = 'document-service-operator';

/** Where state belongs; a relative path counts as none (XDG Base Directory Specification). */
function stateHome(env: Env, userId: number | undefined): string {
  if (userId === 0) return '/var/lib';
  const wanted = env['XDG_STATE_HOME'];
  return wanted !== undefined && isAbsolute(wanted) ? wanted : join(homedir(), '.local', 'state');
}
