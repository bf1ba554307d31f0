/**
 * Applications in the store's tables. Every function works inside the transaction it is given.
 *
 * @module
 */

import type { Kysely } from 'kysely';
import type { Application, ApplicationSettings, RegisteredApplication } from '../../core/state.ts';
import { RegistryError } from '../errors.ts';
import { prepared } from './prepared.ts';
import { admitted } from './rules.ts';
import type { ApplicationRow, NewApplicationRow, Schema } from './schema.ts';

type Database = Kysely<Schema>;

const byID = prepared((db, { id }: { id: string }) => db.selectFrom('applications').selectAll().where('id', '=', id));

const byNameKey = prepared((db, { key }: { key: string }) =>
  db.selectFrom('applications').selectAll().where('name_key', '=', key),
);

const byOperation = prepared((db, { operation }: { operation: string }) =>
  db.selectFrom('applications').selectAll().where('operation', '=', operation),
);

/** Gives nothing where the name or the operation is taken. */
const insert = prepared((db, row: NewApplicationRow) =>
  db
    .insertInto('applications')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returningAll(),
);

/** The next applications, in the order of their IDs, after the one with the ID `last`; at first that is empty. */
export async function nextApplications(
  db: Database,
  last: string,
  limit: number,
): Promise<readonly RegisteredApplication[]> {
  const rows = db.selectFrom('applications').selectAll().where('id', '>', last).orderBy('id').limit(limit);
  return (await rows.execute()).map(registered);
}

export async function applicationByID(db: Database, id: string): Promise<RegisteredApplication | undefined> {
  const [row] = await byID(db, { id });
  return row && registered(row);
}

export async function applicationByName(db: Database, name: string): Promise<RegisteredApplication | undefined> {
  const [row] = await byNameKey(db, { key: keyOf(name) });
  return row && registered(row);
}

/** What the store makes up for an application: its ID, which is also its `client_id`, and when. */
interface Birth {
  readonly id: string;
  readonly operation: string;
  readonly createTime: number;
}

/** The application that `operation` made, now or earlier; `nameTaken` if another made one of that name. */
export async function createApplication(
  db: Database,
  application: Application,
  { id, operation, createTime }: Birth,
): Promise<RegisteredApplication> {
  const born = { id, operation, create_time: createTime, secrets_issued: 0, name: application.name };
  const row = { ...born, name_key: keyOf(application.name), ...identityColumns(application), ...columns(application) };
  const inserted = await insert(db, row);
  const [held] = inserted.length > 0 ? inserted : await byOperation(db, { operation });
  if (held !== undefined) return registered(held);
  throw new RegistryError('nameTaken', `another application is named ${application.name}`, { operation: 'create' });
}

/** Sets `changes`; what the rules force and leave out is decided on the application as a whole. */
export async function updateApplication(
  db: Database,
  id: string,
  changes: Partial<ApplicationSettings>,
): Promise<RegisteredApplication> {
  const held = await applicationByID(db, id);
  if (held === undefined) throw absent(id, 'update');
  const { name, type, protocolVersion } = held;
  const updated = admitted({ ...held, ...changes, name, type, protocolVersion }, 'update');
  const set = db.updateTable('applications').set(columns(updated)).where('id', '=', id);
  return registered(await set.returningAll().executeTakeFirstOrThrow());
}

export async function deleteApplication(db: Database, id: string): Promise<void> {
  await db.deleteFrom('applications').where('id', '=', id).execute();
}

/** For a call that names an application which is not there. */
export function absent(id: string, operation: string): RegistryError {
  return new RegistryError('absent', `there is no application ${id}`, { operation });
}

/** Names are ASCII: lower case is the same everywhere. */
function keyOf(name: string): string {
  return name.toLowerCase();
}

function identityColumns({ type, protocolVersion }: Application) {
  return { type, protocol_version: protocolVersion };
}

function columns(settings: ApplicationSettings) {
  return {
    display_name: settings.displayName,
    access_token_validity_seconds: settings.accessTokenValiditySeconds,
    refresh_token_validity_seconds: settings.refreshTokenValiditySeconds ?? null,
    redirect_uris: JSON.stringify(settings.redirectURIs),
    scopes: JSON.stringify(settings.scopes),
    required_scopes: JSON.stringify(settings.requiredScopes),
    multi_tenant: Number(settings.multiTenant),
    secret_required: Number(settings.secretRequired),
  };
}

function registered(row: ApplicationRow): RegisteredApplication {
  return {
    id: row.id,
    clientID: row.id,
    createTime: Number(row.create_time),
    name: row.name,
    type: row.type,
    protocolVersion: row.protocol_version,
    displayName: row.display_name,
    accessTokenValiditySeconds: row.access_token_validity_seconds,
    refreshTokenValiditySeconds: row.refresh_token_validity_seconds ?? undefined,
    redirectURIs: listIn(row.redirect_uris),
    scopes: listIn(row.scopes),
    requiredScopes: listIn(row.required_scopes),
    multiTenant: row.multi_tenant === 1,
    secretRequired: row.secret_required === 1,
  };
}

/** The list that a column holds. */
export function listIn(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  if (isList(value)) return value;
  throw new Error('a row is damaged: it holds no list');
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}
