/**
 * How often a store was read, told by the SQL that ran.
 *
 * @module
 */

/** How often each SQL statement ran. */
export type Statements = readonly (readonly [sql: string, runs: number])[];

/** Reads of all applications at once. */
export function listsIn(statements: Statements): number {
  return runs(statements, (sql) => readsFrom('applications', sql) && !isSelective(sql));
}

/** Reads of single applications, and of client secrets. */
export function readsIn(statements: Statements): number {
  const isRead = (sql: string) => readsFrom('applications', sql) || readsFrom('client_secrets', sql);
  return runs(statements, (sql) => isRead(sql) && isSelective(sql));
}

function readsFrom(table: string, sql: string): boolean {
  return new RegExp(`^select\\b.*\\bfrom "?${table}\\b`, 'is').test(sql);
}

function isSelective(sql: string): boolean {
  return /\bwhere\b/i.test(sql);
}

function runs(statements: Statements, counts: (sql: string) => boolean): number {
  return statements.reduce((sum, [sql, number]) => sum + (counts(sql) ? number : 0), 0);
}
