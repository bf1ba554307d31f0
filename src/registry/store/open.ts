/**
 * Opening a store: made if it is new, refused if it cannot be worked with, and then left as it was found.
 *
 * @module
 */

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { type Dialect, Kysely, sql } from 'kysely';
import { writeBackup } from './backup.ts';
import { asStoreError, StoreError } from './errors.ts';
import { checkKeys, type Header, readHeader, writeHeader } from './header.ts';
import { newAccountID, type Random } from './identifiers.ts';
import { ensureKeys, readKeys } from './keys.ts';
import { type Migration, migrate, released } from './migrations.ts';
import { checkSeals, resealAtOnce } from './reseal.ts';
import type { Schema } from './schema.ts';
import { createSealer, exchangeable, type Sealer } from './seal.ts';
import { createFile, hasPendingLog, type SqliteFile, sqliteFile, walMode } from './sqlite.ts';
import { type StoreRegistry, storeRegistry } from './store.ts';

/** Where a store is, what seals it, and where it gets time and randomness from. */
export type StoreOptions = Place & Keeping;

/**
 * - `path`: a SQLite file, made with mode 0600 if it is missing; its folder must exist.
 * - `dialect`: a database that runs elsewhere and holds nothing else.
 */
type Place = { readonly path: string } | { readonly dialect: Dialect };

interface Keeping {
  /** The form is described in `keys.ts`; made, with mode 0600, only where the store is new. */
  readonly keyFile: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly random: Random;
  /** The steps that its tables go through; the released ones by default. */
  readonly migrations?: readonly Migration[];
}

/**
 * Opens the store; a file is then held by this process alone.
 *
 * @throws StoreError; no byte of the store was changed.
 */
export async function openStore(options: StoreOptions): Promise<StoreRegistry> {
  const subject = 'path' in options ? `the store ${options.path}` : 'the store';
  try {
    if (!('path' in options)) return await open(options, options.dialect, subject);
    prepareFile(options.path, options, subject);
    await inspectLog(options.path, options, subject);
    const { dialect, copy } = sqliteFile(options.path, 'held');
    return await open(options, dialect, subject, copy);
  } catch (error) {
    throw asStoreError(error, subject);
  }
}

/**
 * Backs up a store that no process holds, as it is: neither migrated nor sealed anew.
 *
 * @param to a file that is not there yet.
 * @throws StoreError
 */
export async function backUpStore(options: Keeping & { readonly path: string }, to: string): Promise<void> {
  const { path } = options;
  const subject = `the store ${path}`;
  try {
    if (!existsSync(path)) throw new StoreError('absent', subject);
    prepareFile(path, options, subject);
    await inspectLog(path, options, subject);
    const { dialect, copy } = sqliteFile(path, 'held');
    await inspected(dialect, options, subject, ({ sealer }) =>
      writeBackup({ copy, sealer, version: latest(options) }, to),
    );
  } catch (error) {
    throw asStoreError(error, subject);
  }
}

/** Closing a SQLite file merges its log, so a store that a dead process left with one is looked at first, read only. */
async function inspectLog(path: string, options: Keeping, subject: string): Promise<void> {
  if (!hasPendingLog(path)) return;
  await inspected(sqliteFile(path, 'inspected').dialect, options, subject, async () => undefined);
}

/** Keys come first: without them no empty file is left behind, and an empty file is never taken for a new store. */
function prepareFile(path: string, { keyFile, random }: Keeping, subject: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === 0) throw new StoreError('empty', subject);
  if (size !== undefined) {
    requireWritable(path, subject);
  } else {
    ensureKeys(keyFile, random);
    readKeys(keyFile);
    createFile(path);
  }
}

/** SQLite would open the file for reading and fail at the first write. */
function requireWritable(path: string, subject: string): void {
  try {
    accessSync(path, constants.W_OK);
  } catch (cause) {
    throw new StoreError('readOnly', subject, cause);
  }
}

async function open(
  options: Keeping,
  dialect: Dialect,
  subject: string,
  copy?: SqliteFile['copy'],
): Promise<StoreRegistry> {
  const { clock, random } = options;
  const db = new Kysely<Schema>({ dialect });
  try {
    const found = await inspect(db, options, subject);
    if (copy !== undefined) await sql.raw(walMode).execute(db);
    const accountID = await db.transaction().execute((trx) => prepare(trx, found, options));
    const sealer = exchangeable(found.sealer);
    const version = latest(options);
    const backup = copy && ((to: string) => writeBackup({ copy, sealer, version }, to));
    return storeRegistry({ db, accountID, sealer, readSealer: () => readSealer(options), clock, random, backup });
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** Looks at the database, does `work`, and closes it. */
async function inspected(
  dialect: Dialect,
  options: Keeping,
  subject: string,
  work: (found: Found) => Promise<void>,
): Promise<void> {
  const db = new Kysely<Schema>({ dialect });
  try {
    await work(await inspect(db, options, subject));
  } finally {
    await db.destroy();
  }
}

/** What a look at the database found, before anything is written to it. */
interface Found {
  readonly sealer: Sealer;
  /** Undefined for a database without tables. */
  readonly header: Header | undefined;
}

/** Refuses what is no store, a store of a newer version, and keys that are not the store's. */
async function inspect(db: Kysely<Schema>, options: Keeping, subject: string): Promise<Found> {
  const { keyFile, random } = options;
  const header = await readHeader(db, subject, latest(options));
  if (header === undefined) ensureKeys(keyFile, random);
  const sealer = readSealer(options);
  if (header !== undefined) {
    await checkSeals(db, header, sealer);
    checkKeys(header, sealer);
  }
  return { header, sealer };
}

function readSealer({ keyFile, random }: Keeping): Sealer {
  return createSealer(readKeys(keyFile), keyFile, random);
}

/** Brings the tables to the latest version and every seal to the current key, all or nothing; gives the account's ID. */
async function prepare(db: Kysely<Schema>, { header, sealer }: Found, options: Keeping): Promise<string> {
  const version = latest(options);
  const accountID = header?.accountID ?? newAccountID(options.random);
  if (header?.version === version && sealer.isCurrent(header.seal)) return accountID;
  await migrate(db, header?.version ?? 0, options.migrations ?? released);
  await resealAtOnce(db, sealer);
  await writeHeader(db, { version, accountID }, sealer);
  return accountID;
}

function latest({ migrations = released }: Keeping): number {
  return migrations.length;
}
