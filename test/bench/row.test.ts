/** A figure and what it is held against. */

import { describe, expect, test } from 'vitest';
import { isMet, limit, type Row, ratioOf, target } from './row.ts';

const row = (value: number, rest: Partial<Row> = {}): Row => ({ what: 'a figure', value, unit: 's', ...rest });

describe('a figure', () => {
  test.each<[string, Row, number | undefined, boolean | undefined]>([
    ['below its target', row(2, target(4)), 0.5, true],
    ['at its target', row(4, target(4)), 1, true],
    ['above its target', row(5, target(4)), 1.25, false],
    ['that is to be zero, and is', row(0, target(0)), undefined, true],
    ['that is to be zero, and is not', row(1, target(0)), undefined, false],
    ['that reaches enough of the limit', row(90, limit(100, { atLeast: 0.8 })), 0.9, true],
    ['that reaches too little of the limit', row(79, limit(100, { atLeast: 0.8 })), 0.79, false],
    ['that takes a bit longer than the limit', row(14, limit(10, { atMost: 1.5 })), 1.4, true],
    ['that takes much longer than the limit', row(16, limit(10, { atMost: 1.5 })), 1.6, false],
    ['beside a limit, with nothing wanted', row(3, { reference: { kind: 'limit', value: 2 } }), 1.5, undefined],
    ['alone', row(3), undefined, undefined],
  ])('%s', (_name, figure, ratio, met) => {
    expect(ratioOf(figure)).toBe(ratio);
    expect(isMet(figure)).toBe(met);
  });
});
