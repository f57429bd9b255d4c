import type { ParentLog } from '../runtime/log.ts';

/** A logger that says nothing. */
export const silentLog: ParentLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};
