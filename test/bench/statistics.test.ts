/** Percentiles and slopes. */

import { describe, expect, test } from 'vitest';
import { median, quantile, slope } from './statistics.ts';

describe('a quantile', () => {
  test.each([
    [[5], 0.5, 5],
    [[3, 1, 2], 0.5, 2],
    [[4, 3, 1, 2], 0.5, 2],
    [[2, 1], 0, 1],
    [[2, 1], 1, 2],
    [[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 0.9, 9],
    [[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 0.91, 10],
  ])('of %j at %d is %d', (numbers, share, expected) => {
    expect(quantile(numbers, share)).toBe(expected);
  });

  test('of 200 at 0.99 leaves the two largest out', () => {
    const numbers = Array.from({ length: 200 }, (_, index) => index + 1);
    expect(quantile(numbers, 0.99)).toBe(198);
  });

  test('of nothing is an error', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('a slope', () => {
  test('of points on a line is that of the line', () => {
    const points = [0, 1, 2, 5].map((x) => ({ x, y: 3 - 2 * x }));
    expect(slope(points)).toBeCloseTo(-2);
  });

  test('of points about a line is that of the line', () => {
    const points = [
      { x: 0, y: 1 },
      { x: 1, y: 0 },
      { x: 2, y: 3 },
      { x: 3, y: 2 },
    ];
    expect(slope(points)).toBeCloseTo(0.6);
  });
});
