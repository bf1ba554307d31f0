/**
 * Loaded into a controller under test: each line of its standard input is run as SQL in every store that it has open.
 *
 * So a disk can be full (`PRAGMA max_page_count`) or read-only (`PRAGMA query_only`) for SQLite, with its own errors, and
 * be well again, where no test may mount or remount a file system.
 *
 * @module
 */

import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';

const opened = new Set<DatabaseSync>();
const { exec, close } = DatabaseSync.prototype;

DatabaseSync.prototype.exec = function (sql) {
  opened.add(this);
  exec.call(this, sql);
};

DatabaseSync.prototype.close = function () {
  opened.delete(this);
  close.call(this);
};

createInterface({ input: process.stdin }).on('line', (sql) => {
  for (const database of opened) database.prepare(sql).all();
});
