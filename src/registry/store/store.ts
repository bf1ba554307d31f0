/**
 * The registry kept in a database of our own: SQLite in a file, or PostgreSQL by another dialect.
 *
 * One store is one account. It keeps RAM's rules, so that what works here works there; its reads are exact; and it
 * remembers the operation that made each application and client secret for as long as that exists.
 *
 * @module
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { Sensitive } from '../../core/sensitive.ts';
import { RegistryError } from '../errors.ts';
import type { Registry } from '../registry.ts';
import * as applications from './applications.ts';
import { openBatches } from './batches.ts';
import * as clientSecrets from './client-secrets.ts';
import { StoreError } from './errors.ts';
import { newApplicationID, newClientSecretID, newClientSecretValue, type Random } from './identifiers.ts';
import { listApplications } from './list.ts';
import * as provisions from './provisions.ts';
import { type Resealed, reseal } from './reseal.ts';
import { admitted } from './rules.ts';
import type { Schema } from './schema.ts';
import type { ExchangeableSealer, Sealer } from './seal.ts';
import { turns } from './turns.ts';

/** A registry that also knows what an issuer must: whether a client secret is the client's, and who consented to what. */
export interface StoreRegistry extends Registry {
  readonly provisions: provisions.Provisions;
  /** Whether `value` is a live client secret of the client; takes as long for a near miss as for any other. */
  accepts(clientID: string, value: Sensitive): Promise<boolean>;
  /** Waits for the calls under way, then lets go of the database; calls made later fail with `unavailable`. */
  close(): Promise<void>;
  /**
   * Writes all that was acknowledged so far to the file `to`, which must not be there yet; calls made meanwhile wait.
   * Fails with a `StoreError`, and on a store in a database that runs elsewhere, which has its own means.
   */
  backup(to: string): Promise<void>;
  /** Reads the key file again, and seals all with its newest key while calls go on: {@link reseal}. */
  reseal(onProgress: (left: number) => void, signal: AbortSignal): Promise<Resealed>;
}

/** What the registry works with once the store is open. */
export interface OpenStore {
  readonly db: Kysely<Schema>;
  readonly accountID: string;
  readonly sealer: ExchangeableSealer;
  /** Reads the key file again. */
  readonly readSealer: () => Sealer;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly random: Random;
  /** Writes a backup while nothing else is asked of the database; `undefined` for one that runs elsewhere. */
  readonly backup: ((to: string) => Promise<void>) | undefined;
}

/**
 * The registry over an open store. Calls are carried out one after the other, each wholly or not at all.
 *
 * What is created is as old as the call that asked for it, however long that waited for others or for the disk: by its
 * time whoever asked tells it from somebody else's.
 */
export function storeRegistry({ db, accountID, sealer, readSealer, clock, random, backup }: OpenStore): StoreRegistry {
  const { inTransaction, alone } = openBatches(db);
  const transact = <T>(work: (trx: Transaction<Schema>) => Promise<T>) => alone(() => db.transaction().execute(work));
  const oneReseal = turns();
  const run = <T>(operation: string, work: (trx: Transaction<Schema>) => Promise<T>): Promise<T> =>
    inTransaction(work).catch((error: unknown) => {
      throw asRegistryError(error, operation);
    });

  return {
    account: async () => ({ accountID, consistencyWindow: 0 }),
    list: () => run('list', listApplications),
    get: (id) => run('get', (trx) => applications.applicationByID(trx, id)),
    find: (name) => run('find', (trx) => applications.applicationByName(trx, name)),
    create: async (application, operation) => {
      const birth = { id: newApplicationID(random), operation, createTime: clock() };
      return run('create', async (trx) => applications.createApplication(trx, admitted(application, 'create'), birth));
    },
    update: (id, changes) => run('update', (trx) => applications.updateApplication(trx, id, changes)),
    delete: (id) => run('delete', (trx) => applications.deleteApplication(trx, id)),
    clientSecrets: (id) => run('clientSecrets', (trx) => clientSecrets.listClientSecrets(trx, id)),
    readClientSecret: (id, secretID) =>
      run('readClientSecret', (trx) => clientSecrets.readClientSecret(trx, sealer, id, secretID)),
    issueClientSecret: async (id, operation) => {
      const value = new Sensitive(newClientSecretValue(random));
      const draft = { id: newClientSecretID(random), value, operation, createTime: clock() };
      return run('issueClientSecret', (trx) => clientSecrets.issueClientSecret(trx, sealer, id, draft));
    },
    deleteClientSecret: (id, secretID) =>
      run('deleteClientSecret', (trx) => clientSecrets.deleteClientSecret(trx, id, secretID)),
    provisions: {
      set: async (id, scopes) => {
        const now = clock();
        return run('provision', (trx) => provisions.setProvision(trx, id, scopes, now));
      },
      get: (id) => run('provision', (trx) => provisions.provisionOf(trx, id)),
      list: () => run('provision', provisions.listProvisions),
      delete: (id) => run('provision', (trx) => provisions.deleteProvision(trx, id)),
    },
    accepts: async (clientID, value) => {
      const held = await run('accepts', (trx) => clientSecrets.openClientSecrets(trx, sealer, clientID));
      // Every one is compared: how long it takes does not tell which one it was.
      return held.filter((secret) => matches(secret.value, value)).length > 0;
    },
    close: () => alone(() => db.destroy()),
    backup: async (to) => {
      if (backup === undefined) throw new StoreError('backupFailed', 'a backup of a store that is no file');
      await alone(() => backup(to));
    },
    reseal: (onProgress, signal) =>
      oneReseal(() => reseal({ transact, accountID, sealer, readSealer }, onProgress, signal)),
  };
}

/** Digests have one length, and comparing them takes one time. */
function matches(held: Sensitive, presented: Sensitive): boolean {
  const [one, other] = [held, presented].map((value) => createHash('sha256').update(value.reveal()).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}

/** What is not the registry's own answer is the database's, or a key's: nothing was done. */
function asRegistryError(error: unknown, operation: string): RegistryError {
  if (error instanceof RegistryError) return error;
  const [reason] = String(error instanceof Error ? error.message : error).split('\n');
  return new RegistryError('unavailable', `the store failed: ${reason}`, { operation, cause: error });
}
