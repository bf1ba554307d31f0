/**
 * What the loop tells of its work: constant messages, what varies in fields.
 *
 * @module
 */

/** A log, or a part of one that puts some fields on every line. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The log, with these fields on every line. */
export function bound(log: Log, fields: object): Log {
  return {
    debug: (more, message) => log.debug({ ...fields, ...more }, message),
    info: (more, message) => log.info({ ...fields, ...more }, message),
    error: (more, message) => log.error({ ...fields, ...more }, message),
  };
}

/** Errors are told by their message: what they carry besides may hold what was sent. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
