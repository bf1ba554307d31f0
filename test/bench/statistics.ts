/**
 * What is said of many numbers by few.
 *
 * @module
 */

/**
 * The smallest number that at least `share` of all are not above: the nearest-rank percentile.
 *
 * @param share of 1: 0.5 for the median, 0.99 for the 99th percentile
 * @throws RangeError where there are no numbers
 */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const rank = Math.min(Math.max(Math.ceil(share * sorted.length), 1), sorted.length);
  const value = sorted[rank - 1];
  if (value === undefined) throw new RangeError('there is no quantile of no numbers');
  return value;
}

/** The one in the middle; of an even number of numbers the lower of the two. */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** A point that was measured. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How much `y` grows with each `x`, by the straight line that misses the points least (least squares). */
export function slope(points: readonly Point[]): number {
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const both = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  return both / points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
