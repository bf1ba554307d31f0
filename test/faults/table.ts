/**
 * What a run of the suite came to, as a table for people, or for machines.
 *
 * @module
 */

import { nameOf } from './plan.ts';
import type { Lesson, Outcome, Verdict } from './suite.ts';

/** Plans of one workload on one backend. */
interface Row {
  readonly backend: string;
  readonly workload: string;
  /** Calls that were learned, and how many of them a plan was made for and met its fault. */
  readonly calls: number;
  readonly covered: number;
  readonly plans: number;
  readonly fired: number;
  readonly violations: number;
}

/** A row for each workload, and one for each backend. */
function rowsOf({ lessons, verdicts }: Outcome): readonly Row[] {
  const rows = lessons.map((lesson) => rowOf(lesson, verdicts));
  const sums = [...Map.groupBy(rows, ({ backend }) => backend)].map(([backend, some]) => sumOf(backend, some));
  return [...rows, ...sums];
}

function rowOf({ backend, workload, usual, troubles }: Lesson, verdicts: readonly Verdict[]): Row {
  const own = verdicts.filter(({ plan }) => plan.backend === backend && plan.workload === workload);
  const fired = own.filter((verdict) => verdict.fired);
  return {
    backend,
    workload: workload.name,
    calls: usual.calls.length,
    covered: new Set(fired.map(({ plan }) => plan.call)).size,
    plans: own.length,
    fired: fired.length,
    violations: troubles.length + own.filter((verdict) => verdict.troubles.length > 0).length,
  };
}

function sumOf(backend: string, rows: readonly Row[]): Row {
  const sum = (field: 'calls' | 'covered' | 'plans' | 'fired' | 'violations') =>
    rows.reduce((total, row) => total + row[field], 0);
  return {
    backend,
    workload: 'all',
    calls: sum('calls'),
    covered: sum('covered'),
    plans: sum('plans'),
    fired: sum('fired'),
    violations: sum('violations'),
  };
}

/** Whether nothing was violated, and every fault fired. */
export function isWell({ lessons, verdicts }: Outcome): boolean {
  return [...lessons, ...verdicts].every(({ troubles }) => troubles.length === 0);
}

/** For people. */
export function tableOf(outcome: Outcome): string {
  const head = ['backend', 'workload', 'calls', 'covered', 'plans', 'fired', 'violations'];
  const lines = [head, ...rowsOf(outcome).map((row) => Object.values(row).map(String))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const aligned = (cell: string, column: number) => {
    const width = widths[column] ?? 0;
    return column < 2 ? cell.padEnd(width) : cell.padStart(width);
  };
  const rows = lines.map((line) => line.map(aligned).join('  ').trimEnd());
  const times = outcome.seconds.map(([venue, seconds]) => `${venue}: ${(seconds / 60).toFixed(1)} minutes`);
  return [...rows, '', ...times].join('\n');
}

/** For machines. */
export function dataOf(outcome: Outcome): object {
  const unlearned = outcome.lessons.map(({ backend, workload, troubles }) => ({
    plan: `${backend} | ${workload.name}`,
    troubles,
  }));
  const verdicts = outcome.verdicts.map((verdict) => ({ ...verdict, plan: nameOf(verdict.plan) }));
  return {
    rows: rowsOf(outcome),
    seconds: Object.fromEntries(outcome.seconds),
    troubles: [...unlearned, ...verdicts].filter(({ troubles }) => troubles.length > 0),
  };
}
