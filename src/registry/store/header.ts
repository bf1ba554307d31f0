/**
 * What a store says of itself: its version, its account, and a seal that tells whether a key is the right one.
 *
 * @module
 */

import type { Kysely } from 'kysely';
import { Sensitive } from '../../core/sensitive.ts';
import { StoreError } from './errors.ts';
import type { Schema } from './schema.ts';
import type { Sealer } from './seal.ts';

export interface Header {
  /** How many migrations the store has been through. */
  readonly version: number;
  /** 16 digits, made with the store. */
  readonly accountID: string;
  /** Bound to the account ID. */
  readonly seal: string;
}

/**
 * The header, or `undefined` for a database without tables.
 *
 * @param known the latest version that this program knows.
 * @throws StoreError `corrupt` where the tables are somebody else's, `newer` where they are a later version's.
 */
export async function readHeader(db: Kysely<Schema>, subject: string, known: number): Promise<Header | undefined> {
  const tables = await db.introspection.getTables();
  if (tables.length === 0) return undefined;
  if (!tables.some(({ name }) => name === 'ramify_store')) throw new StoreError('corrupt', subject);
  const version = (await db.selectFrom('ramify_store').select('version').executeTakeFirst())?.version ?? 0;
  if (version > known) throw new StoreError('newer', subject);
  const row = await db.selectFrom('ramify_store').select(['account_id', 'seal']).executeTakeFirst();
  if (row === undefined) throw new StoreError('corrupt', subject);
  return { version, accountID: row.account_id, seal: row.seal };
}

/** @throws StoreError `keyMissing` or `wrongKey`. */
export function checkKeys({ seal, accountID }: Pick<Header, 'seal' | 'accountID'>, sealer: Sealer): void {
  sealer.open(seal, accountID);
}

/** Writes the header of a store that is now sealed with the current key. */
export async function writeHeader(
  db: Kysely<Schema>,
  { version, accountID }: Omit<Header, 'seal'>,
  sealer: Sealer,
): Promise<void> {
  const seal = newSeal(accountID, sealer);
  await db.deleteFrom('ramify_store').execute();
  await db.insertInto('ramify_store').values({ version, account_id: accountID, seal }).execute();
}

/** The seal of a store that has a header. */
export async function readSeal(db: Kysely<Schema>): Promise<string> {
  return (await db.selectFrom('ramify_store').select('seal').executeTakeFirstOrThrow()).seal;
}

/** Notes that the store is now sealed with the current key, and with no other. */
export async function writeSeal(db: Kysely<Schema>, accountID: string, sealer: Sealer): Promise<void> {
  await db
    .updateTable('ramify_store')
    .set({ seal: newSeal(accountID, sealer) })
    .execute();
}

function newSeal(accountID: string, sealer: Sealer): string {
  return sealer.seal(new Sensitive('ramify'), accountID);
}
