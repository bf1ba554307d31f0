/**
 * The tables, in what SQLite and PostgreSQL have in common: text and whole numbers. Lists are JSON, booleans 0 and 1.
 *
 * @module
 */

import type { ColumnType, Insertable, Selectable } from 'kysely';
import type { ApplicationType, ProtocolVersion } from '../../core/state.ts';

/** The tables of a store. */
export interface Schema {
  readonly ramify_store: StoreTable;
  readonly applications: ApplicationsTable;
  readonly client_secrets: ClientSecretsTable;
  readonly provisions: ProvisionsTable;
}

/** Milliseconds since the epoch: a bigint, which drivers of PostgreSQL give as a number, a BigInt or text. */
type Time = ColumnType<number | bigint | string, number, never>;

/** One row: what the store is. */
interface StoreTable {
  /** How many migrations it has been through. */
  version: number;
  account_id: string;
  /** The account's ID, sealed: tells whether a key is the right one before anything depends on it. */
  seal: string;
}

interface ApplicationsTable {
  id: string;
  name: string;
  /** `name` in lower case, unique. */
  name_key: string;
  /** The UUID of the operation that made it, unique. */
  operation: string;
  create_time: Time;
  /** Counts up: orders the client secrets, whatever the clock says. */
  secrets_issued: number;
  type: ApplicationType;
  protocol_version: ProtocolVersion;
  display_name: string;
  access_token_validity_seconds: number;
  refresh_token_validity_seconds: number | null;
  redirect_uris: string;
  scopes: string;
  required_scopes: string;
  multi_tenant: number;
  secret_required: number;
}

interface ClientSecretsTable {
  id: string;
  application_id: string;
  /** The application's `secrets_issued` when it was issued. */
  number: number;
  /** The UUID of the operation that issued it, unique in the application. */
  operation: string;
  seal: string;
  create_time: Time;
}

interface ProvisionsTable {
  application_id: string;
  scopes: string;
  create_time: Time;
  update_time: ColumnType<number | bigint | string, number, number>;
}

export type ApplicationRow = Selectable<ApplicationsTable>;
export type ClientSecretRow = Selectable<ClientSecretsTable>;
export type ProvisionRow = Selectable<ProvisionsTable>;
export type NewApplicationRow = Insertable<ApplicationsTable>;
export type NewClientSecretRow = Insertable<ClientSecretsTable>;
