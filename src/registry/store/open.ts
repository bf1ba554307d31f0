/**
 * Opening a store: made if it is new, refused if it cannot be worked with, and then left as it was found.
 *
 * @module
 */

import { accessSync, constants, statSync } from 'node:fs';
import { type Dialect, Kysely, sql } from 'kysely';
import { resealClientSecrets } from './client-secrets.ts';
import { asStoreError, StoreError } from './errors.ts';
import { checkKeys, type Header, readHeader, writeHeader } from './header.ts';
import { newAccountID, type Random } from './identifiers.ts';
import { ensureKeys, readKeys } from './keys.ts';
import { currentVersion, migrate } from './migrations.ts';
import type { Schema } from './schema.ts';
import { createSealer, type Sealer } from './seal.ts';
import { createFile, hasPendingLog, sqliteFile, walMode } from './sqlite.ts';
import { type StoreRegistry, storeRegistry } from './store.ts';

/** Where a store is, what seals it, and where it gets time and randomness from. */
export type StoreOptions = Location & {
  /** The form is described in `keys.ts`; made, with mode 0600, only where the store is new. */
  readonly keyFile: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly random: Random;
};

/**
 * - `path`: a SQLite file, made with mode 0600 if it is missing; its folder must exist.
 * - `dialect`: a database that runs elsewhere and holds nothing else.
 */
type Location = { readonly path: string } | { readonly dialect: Dialect };

/**
 * Opens the store; a file is then held by this process alone.
 *
 * @throws StoreError; no byte of the store was changed.
 */
export async function openStore(options: StoreOptions): Promise<StoreRegistry> {
  const subject = 'path' in options ? `the store ${options.path}` : 'the store';
  try {
    return 'path' in options ? await openFile(options.path, options, subject) : await open(options, subject);
  } catch (error) {
    throw asStoreError(error, subject);
  }
}

/** Closing a SQLite file merges its log, so a store that a dead process left with one is looked at first, read only. */
async function openFile(path: string, options: StoreOptions, subject: string): Promise<StoreRegistry> {
  prepareFile(path, options, subject);
  if (hasPendingLog(path)) {
    const db = new Kysely<Schema>({ dialect: sqliteFile(path, 'inspected') });
    try {
      await inspect(db, options, subject);
    } finally {
      await db.destroy();
    }
  }
  return open({ ...options, dialect: sqliteFile(path, 'held') }, subject);
}

/** Keys come first: without them no empty file is left behind, and an empty file is never taken for a new store. */
function prepareFile(path: string, { keyFile, random }: StoreOptions, subject: string): void {
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

async function open(options: StoreOptions & { readonly dialect: Dialect }, subject: string): Promise<StoreRegistry> {
  const { dialect, clock, random } = options;
  const db = new Kysely<Schema>({ dialect });
  try {
    const found = await inspect(db, options, subject);
    if ('path' in options) await sql.raw(walMode).execute(db);
    const accountID = await db.transaction().execute((trx) => prepare(trx, found, random));
    return storeRegistry({ db, accountID, sealer: found.sealer, clock, random });
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** What a look at the database found, before anything is written to it. */
interface Found {
  readonly sealer: Sealer;
  /** Undefined for a database without tables. */
  readonly header: Header | undefined;
}

/** Refuses what is no store, a store of a newer version, and keys that are not the store's. */
async function inspect(db: Kysely<Schema>, { keyFile, random }: StoreOptions, subject: string): Promise<Found> {
  const header = await readHeader(db, subject);
  if (header === undefined) ensureKeys(keyFile, random);
  const sealer = createSealer(readKeys(keyFile), keyFile, random);
  if (header !== undefined) checkKeys(header, sealer);
  return { header, sealer };
}

/** Brings the tables to the current version and every seal to the current key, all or nothing; gives the account's ID. */
async function prepare(db: Kysely<Schema>, { header, sealer }: Found, random: Random): Promise<string> {
  const account = header?.accountID ?? newAccountID(random);
  if (header?.version === currentVersion && sealer.isCurrent(header.seal)) return account;
  await migrate(db, header?.version ?? 0);
  await resealClientSecrets(db, sealer);
  await writeHeader(db, account, sealer);
  return account;
}
