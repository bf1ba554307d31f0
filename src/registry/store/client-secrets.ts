/**
 * Client secrets in the store's tables, sealed. Every function works inside the transaction it is given.
 *
 * @module
 */

import type { Kysely } from 'kysely';
import type { Sensitive } from '../../core/sensitive.ts';
import type { ClientSecret, IssuedClientSecret } from '../../core/state.ts';
import { RegistryError } from '../errors.ts';
import { absent } from './applications.ts';
import { prepared } from './prepared.ts';
import { clientSecretSlots } from './rules.ts';
import type { ClientSecretRow, NewClientSecretRow, Schema } from './schema.ts';
import type { Sealer } from './seal.ts';

type Database = Kysely<Schema>;

/** Oldest first. */
const ofApplication = prepared((db, { applicationID }: { applicationID: string }) =>
  db.selectFrom('client_secrets').selectAll().where('application_id', '=', applicationID).orderBy('number'),
);

const insert = prepared((db, row: NewClientSecretRow) => db.insertInto('client_secrets').values(row));

/** Counting up locks the application's row, so that two transactions never see the same free slot. */
const countUp = prepared((db, { applicationID }: { applicationID: string }) =>
  db
    .updateTable('applications')
    .set((row) => ({ secrets_issued: row('secrets_issued', '+', 1) }))
    .where('id', '=', applicationID)
    .returning('secrets_issued'),
);

export async function listClientSecrets(db: Database, applicationID: string): Promise<readonly ClientSecret[]> {
  return (await ofApplication(db, { applicationID })).map(listed);
}

/** Those of the applications from one ID to another, by the application's ID. */
export async function clientSecretsBetween(
  db: Database,
  first: string,
  last: string,
): Promise<ReadonlyMap<string, readonly ClientSecret[]>> {
  const columns = ['application_id', 'id', 'create_time'] as const;
  const between = db
    .selectFrom('client_secrets')
    .select(columns)
    .where('application_id', '>=', first)
    .where('application_id', '<=', last);
  const rows = await between.orderBy('application_id').orderBy('number').execute();
  const groups = Map.groupBy(rows, (row) => row.application_id);
  return new Map(Array.from(groups, ([id, group]) => [id, group.map(listed)]));
}

/** All of an application's client secrets with their values. */
export async function openClientSecrets(
  db: Database,
  sealer: Sealer,
  applicationID: string,
): Promise<readonly IssuedClientSecret[]> {
  return (await ofApplication(db, { applicationID })).map((row) => openedRow(row, sealer));
}

export async function readClientSecret(
  db: Database,
  sealer: Sealer,
  applicationID: string,
  id: string,
): Promise<IssuedClientSecret | undefined> {
  const row = (await ofApplication(db, { applicationID })).find((each) => each.id === id);
  return row && openedRow(row, sealer);
}

/** A client secret to be: what the store makes up for it. */
interface Draft {
  readonly id: string;
  readonly value: Sensitive;
  readonly operation: string;
  readonly createTime: number;
}

/** The client secret that the draft's operation issued, now or earlier; `slotsExhausted` if there are two others. */
export async function issueClientSecret(
  db: Database,
  sealer: Sealer,
  applicationID: string,
  draft: Draft,
): Promise<IssuedClientSecret> {
  const [application] = await countUp(db, { applicationID });
  if (application === undefined) throw absent(applicationID, 'issueClientSecret');
  const held = await ofApplication(db, { applicationID });
  const earlier = held.find((row) => row.operation === draft.operation);
  if (earlier !== undefined) return openedRow(earlier, sealer);
  if (held.length >= clientSecretSlots) throw slotsExhausted(applicationID, held.length);

  const { id, operation, createTime, value } = draft;
  const seal = sealer.seal(value, placeOf({ application_id: applicationID, id }));
  const number = application.secrets_issued;
  await insert(db, { id, application_id: applicationID, number, operation, seal, create_time: createTime });
  return { id, createTime, value };
}

export async function deleteClientSecret(db: Database, applicationID: string, id: string): Promise<void> {
  await db.deleteFrom('client_secrets').where('application_id', '=', applicationID).where('id', '=', id).execute();
}

function slotsExhausted(applicationID: string, count: number): RegistryError {
  const message = `application ${applicationID} already has ${count} client secrets`;
  return new RegistryError('slotsExhausted', message, { operation: 'issueClientSecret' });
}

function listed({ id, create_time }: Pick<ClientSecretRow, 'id' | 'create_time'>): ClientSecret {
  return { id, createTime: Number(create_time) };
}

/** A client secret with its value. Fails as {@link Sealer.open} does. */
export function openedRow(row: ClientSecretRow, sealer: Sealer): IssuedClientSecret {
  return { ...listed(row), value: sealer.open(row.seal, placeOf(row)) };
}

/** What a seal is bound to: it opens in no other row. */
export function placeOf({ application_id, id }: Pick<ClientSecretRow, 'application_id' | 'id'>): string {
  return `${application_id}/${id}`;
}
