/**
 * A SQLite file as a kysely dialect, held by one process at a time.
 *
 * While the store is open nothing else in this process may open the file: closing any descriptor of it gives up the
 * process's locks (https://sqlite.org/howtocorrupt.html §2.2).
 *
 * @module
 */

import { closeSync, openSync, statSync } from 'node:fs';
import { backup, DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { type Dialect, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';
import { StoreError } from './errors.ts';

/**
 * `held`: for this process alone, until it is closed. `inspected`: read only, so that not even a log is merged.
 * `immutable`: read only, and without a file beside it, since nobody writes it.
 */
type Access = 'held' | 'inspected' | 'immutable';

/** A database in a file, with one connection. */
export interface SqliteFile {
  readonly dialect: Dialect;
  /** Copies the database over the empty file `to` at one moment between two transactions, off the event loop. */
  copy(to: string): Promise<void>;
}

/** More pages than a database can have: the copy is of one moment, and nobody waits between its parts. */
const allPages = 2 ** 31 - 1;

/** An existing file; it is opened, locked and checked for damage at the first query. */
export function sqliteFile(path: string, access: Access): SqliteFile {
  let database: DatabaseSync | undefined;
  const connected = () => (database ??= connect(path, access));
  return {
    dialect: new SqliteDialect({ database: async () => adapted(connected()) }),
    copy: async (to) => {
      await backup(connected(), to, { rate: allPages });
    },
  };
}

/** Makes the empty file, which only its owner may read; SQLite gives the mode to the files beside it. */
export function createFile(path: string): void {
  closeSync(openSync(path, 'wx', 0o600));
}

/** Whether a process that died left changes in the write-ahead log. */
export function hasPendingLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function connect(path: string, access: Access): DatabaseSync {
  const place = access === 'immutable' ? new URL('?immutable=1', pathToFileURL(path)) : path;
  const database = new DatabaseSync(place, { timeout: 0, readOnly: access !== 'held' });
  try {
    database.exec('PRAGMA synchronous = FULL');
    if (access === 'held') database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; COMMIT');
    const found = database.prepare('PRAGMA quick_check(1)').get();
    if (found?.['quick_check'] !== 'ok') throw new StoreError('corrupt', `the store ${path}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Run once the store is known to be ours: the mode is written into the file. */
export const walMode = 'PRAGMA journal_mode = WAL';

/** kysely expects the interface of better-sqlite3. Statements are few, and prepared once. */
function adapted(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(sql) {
      const known = prepared.get(sql) ?? statementOf(database, sql);
      prepared.set(sql, known);
      return known;
    },
  };
}

function statementOf(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bindable(parameters)),
    run: (parameters) => {
      // A full disk has SQLite roll back by itself: to fail at it once more would hide what was wrong.
      if (sql === 'rollback' && !database.isTransaction) return { changes: 0, lastInsertRowid: 0 };
      return statement.run(...bindable(parameters));
    },
    iterate: (parameters) => statement.iterate(...bindable(parameters)),
  };
}

/** The store's tables hold text and numbers only. */
function bindable(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters.map((value) => {
    if (typeof value === 'string' || typeof value === 'number' || value === null) return value;
    throw new TypeError(`a value of type ${typeof value} is not bindable`);
  });
}
