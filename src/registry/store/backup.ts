/**
 * A copy of a store in one file. The keys are not in it: client secrets stay sealed.
 *
 * @module
 */

import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely } from 'kysely';
import { StoreError } from './errors.ts';
import { checkKeys, readHeader } from './header.ts';
import type { Schema } from './schema.ts';
import type { Sealer } from './seal.ts';
import { createFile, type SqliteFile, sqliteFile } from './sqlite.ts';

/** What is backed up, and what a good copy of it is like. */
interface Source extends Pick<SqliteFile, 'copy'> {
  /** Opens the store's seals. */
  readonly sealer: Sealer;
  /** The latest version that this program knows. */
  readonly version: number;
}

/**
 * Writes the backup: for its owner alone, checked, on the disk when this returns. It is written as `<to>.partial` first,
 * so that a process killed meanwhile leaves nothing under the name that could be taken for a backup: an empty file.
 *
 * @param to a file that is not there yet.
 * @throws StoreError `exists` or `backupFailed`; nothing of the backup is then left.
 */
export async function writeBackup(source: Source, to: string): Promise<void> {
  const partial = `${to}.partial`;
  const write = async () => {
    await source.copy(partial);
    await verify(partial, source);
    sync(partial);
    renameSync(partial, to);
    sync(dirname(to));
  };
  try {
    await inNewFile(to, () => inNewFile(partial, write));
  } catch (cause) {
    throw cause instanceof StoreError && cause.code === 'exists' ? cause : failed(to, cause);
  }
}

/** Makes the file, so that it is ours, and removes it where `work` fails. */
async function inNewFile(path: string, work: () => Promise<void>): Promise<void> {
  try {
    createFile(path);
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw isThere ? new StoreError('exists', `the file ${path}`, cause) : cause;
  }
  try {
    await work();
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

/** A copy is a backup if it is whole and opens with the store's keys. */
async function verify(path: string, { sealer, version }: Source): Promise<void> {
  const db = new Kysely<Schema>({ dialect: sqliteFile(path, 'immutable').dialect });
  try {
    const header = await readHeader(db, path, version);
    if (header === undefined) throw new Error('it has no tables');
    checkKeys(header, sealer);
  } finally {
    await db.destroy();
  }
}

function failed(to: string, cause: unknown): StoreError {
  return new StoreError('backupFailed', `the backup ${to}`, cause);
}

/** Of a file its bytes, of a folder its names. */
function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
