/**
 * Sealing a store anew with the newest key, in small steps between which calls go on.
 *
 * From the first step on new values are sealed with the newest key, and every key of the file opens. The header's seal comes
 * last: whoever opens a store whose header bears an older key knows that there is something left to do.
 *
 * @module
 */

import { type Kysely, sql } from 'kysely';
import { openedRow, placeOf } from './client-secrets.ts';
import { checkKeys, type Header, readSeal, writeSeal } from './header.ts';
import type { Schema } from './schema.ts';
import { type ExchangeableSealer, type Sealer, versionOf } from './seal.ts';

type Database = Kysely<Schema>;

/** A store that is open, and where its keys come from. */
export interface Resealable {
  /** Runs the work in a transaction of its own, between two calls. */
  readonly transact: <T>(work: (db: Database) => Promise<T>) => Promise<T>;
  readonly accountID: string;
  readonly sealer: ExchangeableSealer;
  /** Reads the key file again. */
  readonly readSealer: () => Sealer;
}

/** What was done. */
export interface Resealed {
  /** The version of the key that now seals everything. */
  readonly version: number;
  /** How many client secrets were sealed anew. */
  readonly count: number;
}

/**
 * Reads the key file again, and seals with its newest key what another key sealed.
 *
 * @param onProgress told how many client secrets are left, at the beginning and after each step
 * @param signal ends it between two steps; what is left is sealed by the next call, or when the store is opened again
 * @throws StoreError `keyMissing` or `wrongKey`, and the store goes on with the keys that it had; or the signal's reason
 */
export async function reseal(
  { transact, accountID, sealer, readSealer }: Resealable,
  onProgress: (left: number) => void,
  signal: AbortSignal,
): Promise<Resealed> {
  const count = await transact(async (db) => {
    const next = readSealer();
    const header = { accountID, seal: await readSeal(db) };
    await checkSeals(db, header, next);
    checkKeys(header, next);
    sealer.exchange(next);
    return countOld(db, next);
  });
  let left = count;
  let last: string | undefined = '';
  while (last !== undefined) {
    onProgress(left);
    signal.throwIfAborted();
    const after: string = last;
    const step = await transact((db) => resealNext(db, sealer, after));
    left -= step.count;
    last = step.last;
  }
  await transact((db) => writeSeal(db, accountID, sealer));
  return { version: sealer.version, count };
}

/** The same in the one transaction that it is given: of a store that nobody works with yet. */
export async function resealAtOnce(db: Database, sealer: Sealer): Promise<void> {
  let last: string | undefined = '';
  while (last !== undefined) ({ last } = await resealNext(db, sealer, last));
}

/**
 * Whether every key that a client secret is sealed with is there, and is the right one.
 *
 * Of the header's key the header itself tells. Any other is right if it opens anything: a seal that somebody altered is the
 * loss of that client secret, not of the store.
 *
 * @throws StoreError `keyMissing`, with how many need the key, or `wrongKey`.
 */
export async function checkSeals(db: Database, header: Pick<Header, 'seal'>, sealer: Sealer): Promise<void> {
  const versions = Map.groupBy(await sealGroups(db), ({ head }) => versionOf(head));
  for (const [version, groups] of versions) sealer.requireKey(version, countOf(groups));
  versions.delete(versionOf(header.seal));
  for (const groups of versions.values()) await requireOpening(db, groups, sealer);
}

/** One sample opens. @throws StoreError `wrongKey`, of the last one that does not */
async function requireOpening(db: Database, groups: readonly SealGroup[], sealer: Sealer): Promise<void> {
  const samples = groups.map(({ sample }) => sample);
  const rows = await db.selectFrom('client_secrets').selectAll().where('id', 'in', samples).execute();
  let failure: unknown;
  for (const row of rows) {
    try {
      openedRow(row, sealer);
      return;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** How many client secrets another key sealed than the newest. */
async function countOld(db: Database, sealer: Sealer): Promise<number> {
  return countOf((await sealGroups(db)).filter(({ head }) => !sealer.isCurrent(head)));
}

/** Client secrets that are looked at in one step: calls wait for some milliseconds. */
const stepSize = 200;

/** One step: the client secrets that come after the one with the ID `after`. */
async function resealNext(db: Database, sealer: Sealer, after: string) {
  const all = db.selectFrom('client_secrets').selectAll().where('id', '>', after);
  const rows = await all.orderBy('id').limit(stepSize).execute();
  const old = rows.filter(({ seal }) => !sealer.isCurrent(seal));
  for (const row of old) {
    const seal = sealer.seal(openedRow(row, sealer).value, placeOf(row));
    await db.updateTable('client_secrets').set({ seal }).where('id', '=', row.id).execute();
  }
  return { last: rows.at(-1)?.id, count: old.length };
}

/** Client secrets whose seals begin alike. */
interface SealGroup {
  /** The two characters that hold the key's version, and four bits of the nonce. */
  readonly head: string;
  readonly count: number;
  /** The ID of one of them. */
  readonly sample: string;
}

async function sealGroups(db: Database): Promise<readonly SealGroup[]> {
  const head = sql<string>`substr(seal, 1, 2)`;
  const groups = db
    .selectFrom('client_secrets')
    .select(({ fn }) => [head.as('head'), fn.countAll().as('count'), fn.min('id').as('sample')])
    .groupBy(head);
  return (await groups.execute()).map((group) => ({ ...group, count: Number(group.count) }));
}

function countOf(groups: readonly SealGroup[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}
