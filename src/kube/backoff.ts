/**
 * How long to wait after repeated failures.
 *
 * @module
 */

import type { Random } from './clock.ts';

export interface Backoff {
  /** The first wait; each further one is twice as long. In whatever unit the caller counts. */
  readonly base: number;
  readonly max: number;
  /** The wait is multiplied by a random factor from this range, so that many who failed together do not return together. */
  readonly spread: readonly [from: number, to: number];
}

/** The wait after `failures` earlier ones, in the unit of `base`. */
export function backoff({ base, max, spread }: Backoff, failures: number, random: Random): number {
  return Math.min(max, base * 2 ** failures) * within(spread, random);
}

/** Uniform in `[from, to)`. */
export function within([from, to]: readonly [from: number, to: number], random: Random): number {
  return from + random() * (to - from);
}
