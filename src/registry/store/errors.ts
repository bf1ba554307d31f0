/**
 * Why a store cannot be opened or backed up, each with what a person can do about it.
 *
 * Once it is open, its calls fail with a `RegistryError` as those of any registry do.
 *
 * @module
 */

const remedies = {
  /** Another process works with it. */
  locked: 'is held by another process: stop that one, or use a store of its own',
  /** A backup is of a store that is there. */
  absent: 'is not there: check the path',
  /** A file of no bytes: what is left of a store, or of an attempt to make one. */
  empty: 'is an empty file: restore it from a backup, or remove it to begin anew',
  /** Damaged, cut off, or something else than a store. */
  corrupt: 'is damaged, or no ramify store: restore it from a backup',
  /** Its tables are those of a later version. */
  newer: 'was written by a newer ramify: run that version, or restore a backup from before the upgrade',
  readOnly: 'may not be written by this process: give it to the user ramify runs as',
  /** Anything else: the path, rights, the disk, the connection. */
  unavailable: 'cannot be opened: check path, rights and free space',
  /** There is no key file, or a key in it that the store was sealed with is missing. */
  keyMissing: 'lacks the key that the store is sealed with: put it back, or restore it from a backup',
  /** The key of that version is another one. */
  wrongKey: 'holds another key than the one the store is sealed with: put the right one back',
  /** Others than its owner may read it. */
  keyExposed: 'is open to other users: run chmod 600 on it, and consider a new key',
  /** Not in the form that `keys.ts` describes. */
  keyInvalid: 'is not a key file: each line is a version from 1 to 255, a colon and 32 bytes in base64',
  /** A backup is never written over another file. */
  exists: 'is there already: name another file, or remove it',
  /** It could not be written, or what was written is not the store; nothing of it is left. */
  backupFailed: 'was not made: check that its folder exists, rights and free space',
} as const;

/** Stable: the command line chooses its exit code by it. */
export type StoreErrorCode = keyof typeof remedies;

/** A store cannot be opened, or not be backed up; nothing in it was changed. The message is one line and holds no key. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  /** @param subject what the message speaks of, such as `the store /var/lib/ramify/store.db`. */
  constructor(code: StoreErrorCode, subject: string, cause?: unknown) {
    super(`${subject} ${remedies[code]}`, { cause });
    this.code = code;
  }
}

/** SQLite's primary result codes (https://sqlite.org/rescode.html). */
const sqliteCodes: Readonly<Record<number, StoreErrorCode>> = {
  5: 'locked', // SQLITE_BUSY
  8: 'readOnly', // SQLITE_READONLY
  11: 'corrupt', // SQLITE_CORRUPT
  26: 'corrupt', // SQLITE_NOTADB
};

/** What opening `subject` failed with, in the words above. */
export function asStoreError(error: unknown, subject: string): StoreError {
  if (error instanceof StoreError) return error;
  const primary = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return new StoreError(sqliteCodes[primary] ?? 'unavailable', subject, error);
}
