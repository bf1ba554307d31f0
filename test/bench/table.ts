/**
 * Rows → text for people: one table, the ratio in the last column.
 *
 * @module
 */

import { isMet, type Row, ratioOf } from './row.ts';

/** The rows of one section. */
export interface Section {
  readonly name: string;
  readonly rows: readonly Row[];
}

const heads = ['', 'measured', 'held against', 'relative', 'wanted', 'ratio'] as const;

/** The table in Markdown; each section opens with a row of its name. */
export function tableOf(sections: readonly Section[]): string {
  const rows = sections.flatMap(({ name, rows: figures }) => [
    [`**${name}**`, '', '', '', '', ''],
    ...figures.map(cells),
  ]);
  const widths = heads.map((head, column) =>
    Math.max(...[heads, ...rows].map((row) => row[column]?.length ?? 0), head.length),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(heads), rule, ...rows.map(line)].join('\n');
}

/** Names stand left, figures right. */
function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function cells(row: Row): readonly string[] {
  const { what, unit, reference, wanted, relative = '' } = row;
  const ratio = ratioOf(row);
  const verdict = isMet(row) === false ? ' missed' : '';
  return [
    what,
    shown(row.value, unit),
    reference === undefined ? '' : `${reference.kind} ${shown(reference.value, unit)}`,
    relative,
    wanted === undefined ? '' : 'atMost' in wanted ? `≤ ${wanted.atMost}` : `≥ ${wanted.atLeast}`,
    `${ratio === undefined ? '–' : ratio.toFixed(2)}${verdict}`,
  ];
}

/** Three significant digits, whole numbers whole. */
function shown(value: number, unit: string): string {
  const text = Number.isInteger(value)
    ? String(value)
    : Math.abs(value) >= 100
      ? value.toFixed(0)
      : value.toPrecision(3);
  return unit === '' ? text : `${text} ${unit}`;
}
