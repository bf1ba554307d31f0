/**
 * A further version of the store, which no release has: it changes tables and every row.
 *
 * @module
 */

import { sql } from 'kysely';
import { type Migration, released } from '../../../src/registry/store/migrations.ts';

/** The released steps and one more; `halfway` is waited for when its first changes have reached the disk. */
export function longMigrations(halfway: () => Promise<void>): readonly Migration[] {
  const further: Migration = async (db) => {
    // With room for one page in memory, changes go to the log long before the transaction ends.
    await sql`PRAGMA cache_size = 1`.execute(db);
    await db.schema.alterTable('applications').addColumn('note', 'text').execute();
    await sql`CREATE TABLE ballast AS SELECT hex(randomblob(4096)) AS text FROM applications`.execute(db);
    await sql`UPDATE applications SET note = 'migrated', display_name = display_name || ' 2'`.execute(db);
    await halfway();
    await db.schema.dropTable('ballast').execute();
  };
  return [...released, further];
}
