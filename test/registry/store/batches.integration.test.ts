/** Calls on one database at the same time: how many transactions they take, and what one failure costs the others. */

import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { openBatches } from '../../../src/registry/store/batches.ts';
import type { Schema } from '../../../src/registry/store/schema.ts';
import { createFile, sqliteFile } from '../../../src/registry/store/sqlite.ts';
import { place } from './fixtures.ts';

/** An empty database that counts what is asked of it. */
function database() {
  const path = join(place().folder, 'counted.db');
  createFile(path);
  const asked: string[] = [];
  const log = (event: { readonly query: { readonly sql: string } }) => void asked.push(event.query.sql);
  const db = new Kysely<Schema>({ dialect: sqliteFile(path, 'held').dialect, log });
  onTestFinished(() => db.destroy());
  return { ...openBatches(db), transactions: () => asked.filter((text) => text === 'begin').length };
}

const ask = (n: number) => async (trx: Kysely<Schema>) => {
  const { rows } = await sql<{ n: number }>`select ${n} as n`.execute(trx);
  return rows[0]?.n;
};
const numbers = Array.from({ length: 20 }, (_, n) => n);

it('take one transaction', async () => {
  const { inTransaction, transactions } = database();
  expect(await Promise.all(numbers.map((n) => inTransaction(ask(n))))).toEqual(numbers);
  expect(transactions()).toBe(1);
});

it('have one of their own each where one of them fails', async () => {
  const { inTransaction, transactions } = database();
  const refused = () => Promise.reject(new Error('refused'));
  const [failed, ...asked] = await Promise.allSettled([
    inTransaction(refused),
    ...numbers.map((n) => inTransaction(ask(n))),
  ]);
  expect(failed).toMatchObject({ status: 'rejected', reason: { message: 'refused' } });
  expect(asked).toEqual(numbers.map((value) => ({ status: 'fulfilled', value })));
  expect(transactions()).toBe(1 + 1 + numbers.length);
});

it('wait for what is done alone, if they came later', async () => {
  const { inTransaction, alone } = database();
  const order: string[] = [];
  const note = (text: string) => async () => void order.push(text);
  await Promise.all([inTransaction(note('before')), alone(note('alone')), inTransaction(note('after'))]);
  expect(order).toEqual(['before', 'alone', 'after']);
});
