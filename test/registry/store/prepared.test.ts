/** Queries that are built once: what is sent of them, and how often they are built. */

import {
  DummyDriver,
  Kysely,
  type LogEvent,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { expect, test } from 'vitest';
import { prepared } from '../../../src/registry/store/prepared.ts';
import type { Schema } from '../../../src/registry/store/schema.ts';

const createDriver = () => new DummyDriver();

/** Databases that run nothing, and what they were sent. */
function databases() {
  const sent: unknown[] = [];
  const log = ({ query: { sql, parameters } }: LogEvent) => void sent.push([sql, ...parameters]);
  const sqlite = {
    createDriver,
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
  };
  const postgres = {
    createDriver,
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
  };
  return {
    sent,
    sqlite: new Kysely<Schema>({ dialect: sqlite, log }),
    postgres: new Kysely<Schema>({ dialect: postgres, log }),
  };
}

test('built once for each database, in transactions and without, and sent with the parameters of each call', async () => {
  let built = 0;
  const inOrder = prepared((db, { id, name }: { id: string; name: string }) => {
    built++;
    return db
      .selectFrom('applications')
      .select('id')
      .where('name', '=', name)
      .where('type', '=', 'Web')
      .where('id', '>', id);
  });
  const { sent, sqlite, postgres } = databases();

  await inOrder(sqlite, { id: '1', name: 'a' });
  await sqlite.transaction().execute((trx) => inOrder(trx, { name: 'b', id: '2' }));
  await inOrder(postgres, { id: '3', name: 'c' });

  const ofSqlite = 'select "id" from "applications" where "name" = ? and "type" = ? and "id" > ?';
  const ofPostgres = 'select "id" from "applications" where "name" = $1 and "type" = $2 and "id" > $3';
  expect(sent).toEqual([
    [ofSqlite, 'a', 'Web', '1'],
    [ofSqlite, 'b', 'Web', '2'],
    [ofPostgres, 'c', 'Web', '3'],
  ]);
  expect(built).toBe(2);
});

test('a row is inserted, column by column', async () => {
  const insert = prepared((db, row: { version: number; account_id: string; seal: string }) =>
    db.insertInto('ramify_store').values(row),
  );
  const { sent, sqlite } = databases();
  await insert(sqlite, { version: 1, account_id: 'a', seal: 's' });
  await insert(sqlite, { version: 2, account_id: 'b', seal: 't' });
  const sql = 'insert into "ramify_store" ("version", "account_id", "seal") values (?, ?, ?)';
  expect(sent).toEqual([
    [sql, 1, 'a', 's'],
    [sql, 2, 'b', 't'],
  ]);
});
