/**
 * The corpus at a glance: area × expectation, and the cases that are not decided here, each with its reason.
 *
 * @module
 */

import type { Case } from './cases.ts';

/** One line for each area and expectation, with the number of cases, and of those that went as expected. */
export function countsTable(cases: readonly Case[], failed: ReadonlySet<string>): string {
  const groups = Map.groupBy(cases, ({ area, expectation }) => `${area.padEnd(18)}${expectation}`);
  const sorted = [...groups].toSorted(([one], [other]) => one.localeCompare(other));
  const lines = sorted.map(([group, rows]) => {
    const asExpected = rows.filter(({ id }) => !failed.has(id)).length;
    return `${group.padEnd(36)}${String(asExpected).padStart(4)} of ${rows.length}`;
  });
  const total = `${'all'.padEnd(36)}${String(cases.length - failed.size).padStart(4)} of ${cases.length}`;
  return ['area              expectation         as expected', ...lines, total].join('\n');
}

/** The cases that something else decides. */
export function listing(cases: readonly Case[]): string {
  const lines = cases.map(
    ({ id, layer, expectation, reason }) => `${id.padEnd(26)}${layer.padEnd(10)}${expectation.padEnd(18)}${reason}`,
  );
  return ['not decided by the schema:', ...lines].join('\n');
}
