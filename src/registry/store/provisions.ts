/**
 * Which applications may act in the account itself, and with which scopes: what an administrator consents to.
 *
 * @module
 */

import type { Kysely } from 'kysely';
import { absent, listIn } from './applications.ts';
import type { ProvisionRow, Schema } from './schema.ts';

type Database = Kysely<Schema>;

/** The consent to one application. */
export interface Provision {
  readonly applicationID: string;
  /** A set. */
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly createTime: number;
  readonly updateTime: number;
}

/** All consents of an account. */
export interface Provisions {
  /** Sets the scopes, whole; fails with a `RegistryError`: `absent` if there is no such application. */
  set(applicationID: string, scopes: readonly string[]): Promise<Provision>;
  get(applicationID: string): Promise<Provision | undefined>;
  list(): Promise<readonly Provision[]>;
  /** Takes the consent back; it also goes with its application. */
  delete(applicationID: string): Promise<void>;
}

/** Inside the transaction that it is given, like the functions below. */
export async function setProvision(
  db: Database,
  applicationID: string,
  scopes: readonly string[],
  now: number,
): Promise<Provision> {
  const application = db.selectFrom('applications').select('id').where('id', '=', applicationID);
  if ((await application.executeTakeFirst()) === undefined) throw absent(applicationID, 'provision');
  const set = { scopes: JSON.stringify(scopes), update_time: now };
  const row = await db
    .insertInto('provisions')
    .values({ application_id: applicationID, create_time: now, ...set })
    .onConflict((conflict) => conflict.column('application_id').doUpdateSet(set))
    .returningAll()
    .executeTakeFirstOrThrow();
  return provision(row);
}

export async function provisionOf(db: Database, applicationID: string): Promise<Provision | undefined> {
  const row = db.selectFrom('provisions').selectAll().where('application_id', '=', applicationID);
  const found = await row.executeTakeFirst();
  return found && provision(found);
}

export async function listProvisions(db: Database): Promise<readonly Provision[]> {
  return (await db.selectFrom('provisions').selectAll().orderBy('application_id').execute()).map(provision);
}

export async function deleteProvision(db: Database, applicationID: string): Promise<void> {
  await db.deleteFrom('provisions').where('application_id', '=', applicationID).execute();
}

function provision({ application_id, scopes, create_time, update_time }: ProvisionRow): Provision {
  const times = { createTime: Number(create_time), updateTime: Number(update_time) };
  return { applicationID: application_id, scopes: listIn(scopes), ...times };
}
