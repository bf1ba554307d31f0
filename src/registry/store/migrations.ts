/**
 * How a store comes to its tables: one step per version, forward only. A step that was released is never edited.
 *
 * kysely's own migrator is not used: on SQLite it runs outside a transaction, so a process killed half-way would leave a
 * store that no version can open.
 *
 * @module
 */

import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** One step: from its place in the list as version to the next. */
export type Migration = (db: Kysely<Schema>) => Promise<void>;

/** All steps that were released; their number is the version that this program writes. */
export const released: readonly Migration[] = [createTables, addProvisions];

/** Takes the tables from `version` through the steps that are left; the caller's transaction makes it all or nothing. */
export async function migrate(db: Kysely<Schema>, version: number, migrations: readonly Migration[]): Promise<void> {
  for (const migration of migrations.slice(version)) await migration(db);
}

async function createTables({ schema }: Kysely<Schema>): Promise<void> {
  await schema
    .createTable('ramify_store')
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('account_id', 'text', (column) => column.notNull())
    .addColumn('seal', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('applications')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('name_key', 'text', (column) => column.notNull().unique())
    .addColumn('operation', 'text', (column) => column.notNull().unique())
    .addColumn('create_time', 'bigint', (column) => column.notNull())
    .addColumn('secrets_issued', 'integer', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('protocol_version', 'text', (column) => column.notNull())
    .addColumn('display_name', 'text', (column) => column.notNull())
    .addColumn('access_token_validity_seconds', 'integer', (column) => column.notNull())
    .addColumn('refresh_token_validity_seconds', 'integer')
    .addColumn('redirect_uris', 'text', (column) => column.notNull())
    .addColumn('scopes', 'text', (column) => column.notNull())
    .addColumn('required_scopes', 'text', (column) => column.notNull())
    .addColumn('multi_tenant', 'integer', (column) => column.notNull())
    .addColumn('secret_required', 'integer', (column) => column.notNull())
    .execute();
  await schema
    .createTable('client_secrets')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('application_id', 'text', (column) => column.notNull().references('applications.id').onDelete('cascade'))
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('operation', 'text', (column) => column.notNull())
    .addColumn('seal', 'text', (column) => column.notNull())
    .addColumn('create_time', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('client_secrets_number', ['application_id', 'number'])
    .addUniqueConstraint('client_secrets_operation', ['application_id', 'operation'])
    .execute();
}

async function addProvisions({ schema }: Kysely<Schema>): Promise<void> {
  await schema
    .createTable('provisions')
    .addColumn('application_id', 'text', (column) =>
      column.primaryKey().notNull().references('applications.id').onDelete('cascade'),
    )
    .addColumn('scopes', 'text', (column) => column.notNull())
    .addColumn('create_time', 'bigint', (column) => column.notNull())
    .addColumn('update_time', 'bigint', (column) => column.notNull())
    .execute();
}
