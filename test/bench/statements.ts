/**
 * How often a store was read, told by the SQL that ran.
 *
 * @module
 */

import { pageSize } from '../../src/registry/store/list.ts';

/** How often each SQL statement ran. */
export type Statements = readonly (readonly [sql: string, runs: number])[];

/** Lists of all applications, of which there are so many: each is read a page at a time. */
export function listsIn(statements: Statements, applications: number): number {
  const pages = runs(statements, (sql) => readsFrom('applications', sql) && isPage(sql));
  return pages / (Math.floor(applications / pageSize) + 1);
}

/** Reads of single applications, and of their client secrets. */
export function readsIn(statements: Statements): number {
  const isRead = (sql: string) => readsFrom('applications', sql) || readsFrom('client_secrets', sql);
  return runs(statements, (sql) => isRead(sql) && !isPage(sql));
}

function readsFrom(table: string, sql: string): boolean {
  return new RegExp(`^select\\b.*\\bfrom "?${table}\\b`, 'is').test(sql);
}

/** A range of IDs, not one. */
function isPage(sql: string): boolean {
  return /\bwhere "?(application_)?id"? >/i.test(sql);
}

function runs(statements: Statements, counts: (sql: string) => boolean): number {
  return statements.reduce((sum, [sql, number]) => sum + (counts(sql) ? number : 0), 0);
}
