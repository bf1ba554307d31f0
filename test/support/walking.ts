/**
 * Random lives of a world: steps and faults as fast-check draws them.
 *
 * @module
 */

import fc from 'fast-check';
import type { Fault } from './faults.ts';
import type { World } from './world.ts';

/** Something that happens, and what a counterexample calls it. */
export type Step = readonly [name: string, change: (made: World) => unknown];

/** One of the steps. */
export function oneOf(steps: readonly Step[]) {
  return fc.constantFrom(...steps).map(([name, change]) => Object.assign(change, { toString: () => name }));
}

/** A crash or a lost answer at one of the first calls. @param last the last call that it may be at, counted from 0 */
export function faultUpTo(last: number): fc.Arbitrary<Fault> {
  return fc.record({
    at: fc.nat(last),
    when: fc.constantFrom('before' as const, 'after' as const),
    how: fc.constantFrom('killed' as const, 'lost' as const),
    jump: fc.constant(0),
  });
}

/** For a pass that may fail: what the world itself asserts meanwhile must not be lost. */
export function rethrowAssertions(error: unknown): void {
  if (error instanceof Error && error.name === 'AssertionError') throw error;
}
