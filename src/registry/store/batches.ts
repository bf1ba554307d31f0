/**
 * Calls that wait at the same time share one transaction: what takes long about a write is to have it on the disk.
 *
 * @module
 */

import { setImmediate } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './schema.ts';
import { turns } from './turns.ts';

interface Call {
  /** Gives what tells the caller, once the transaction is on the disk. Repeated where the transaction was rolled back. */
  readonly work: (trx: Transaction<Schema>) => Promise<() => void>;
  readonly reject: (error: unknown) => void;
}

/** Everything that is asked of a database, one after the other. */
export interface Batches {
  /** Does `work` inside a transaction, with others that wait then, or fails and leaves nothing of it. */
  inTransaction<T>(work: (trx: Transaction<Schema>) => Promise<T>): Promise<T>;
  /** Does `work` by itself: after every call made before, and before every call made later. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export function openBatches(db: Kysely<Schema>): Batches {
  const inTurn = turns();
  /** The batch that is not begun yet. */
  let waiting: Call[] | undefined;

  function begin(): Call[] {
    const batch: Call[] = [];
    void inTurn(async () => {
      // Whoever is about to call does so before this goes on.
      await setImmediate();
      if (waiting === batch) waiting = undefined;
      await carryOut(db, batch);
    });
    return batch;
  }

  return {
    inTransaction: <T>(work: (trx: Transaction<Schema>) => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        const tell = (value: T) => () => resolve(value);
        waiting ??= begin();
        waiting.push({ work: (trx) => work(trx).then(tell), reject });
      }),
    alone: (work) => {
      waiting = undefined;
      return inTurn(work);
    },
  };
}

/** One call that fails takes the others' work back with it: then each has a transaction of its own. */
async function carryOut(db: Kysely<Schema>, calls: readonly Call[]): Promise<void> {
  if (calls.length > 1 && (await together(db, calls).then(yes, no))) return;
  for (const call of calls) await together(db, [call]).catch(call.reject);
}

async function together(db: Kysely<Schema>, calls: readonly Call[]): Promise<void> {
  const done = await db.transaction().execute(async (trx) => {
    const answers: (() => void)[] = [];
    for (const { work } of calls) answers.push(await work(trx));
    return answers;
  });
  for (const tell of done) tell();
}

const yes = () => true;
const no = () => false;
