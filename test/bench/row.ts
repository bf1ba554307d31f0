/**
 * One figure of a section, and what it is held against.
 *
 * @module
 */

/** A target that was set, or what the same run showed to be possible. */
export interface Reference {
  readonly kind: 'target' | 'limit';
  /** In the unit of the figure. */
  readonly value: number;
}

/** What the ratio of the figure to its reference is to be. */
export type Wanted = { readonly atMost: number } | { readonly atLeast: number };

/** A measured figure. */
export interface Row {
  readonly what: string;
  readonly value: number;
  /** As it is printed behind the value; empty for a mere count. */
  readonly unit: string;
  readonly reference?: Reference;
  readonly wanted?: Wanted;
  /** What the nearest relative does, measured elsewhere: only its ratios and counts compare. */
  readonly relative?: string;
}

/** The figure as a share of its reference; `undefined` without one, and where that is zero. */
export function ratioOf({ value, reference }: Row): number | undefined {
  return reference === undefined || reference.value === 0 ? undefined : value / reference.value;
}

/** Whether the figure is as wanted; `undefined` where nothing is. */
export function isMet(row: Row): boolean | undefined {
  const { value, reference, wanted } = row;
  if (reference === undefined || wanted === undefined) return undefined;
  const ratio = ratioOf(row);
  if (ratio === undefined) return 'atMost' in wanted ? value <= 0 : true;
  return 'atMost' in wanted ? ratio <= wanted.atMost : ratio >= wanted.atLeast;
}

/** For a figure that is to be no more than `value`. */
export function target(value: number): Required<Pick<Row, 'reference' | 'wanted'>> {
  return { reference: { kind: 'target', value }, wanted: { atMost: 1 } };
}

/** For a figure that is held against what a bare client did in the same run. */
export function limit(value: number, wanted: Wanted): Required<Pick<Row, 'reference' | 'wanted'>> {
  return { reference: { kind: 'limit', value }, wanted };
}
