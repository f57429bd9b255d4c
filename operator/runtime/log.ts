/** What the runtime needs of a logger: pino, or what stands for it in a test. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A logger that makes others whose lines carry more fields. */
export interface ParentLog extends Log {
  child(fields: object): Log;
}
