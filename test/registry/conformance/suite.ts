/**
 * What the cases of the suite share.
 *
 * @module
 */

import { expect } from 'vitest';
import type { Application } from '../../../src/core/state.ts';
import type { RegistryError } from '../../../src/registry/errors.ts';
import type { Registry } from '../../../src/registry/registry.ts';

/** Promises that the port itself makes optional. */
export type Deviation = 'forgetsOperations' | 'withholdsValues';

/** A registry under test. */
export interface Suite {
  /** Gives a registry without applications. */
  readonly open: () => Promise<Registry>;
  /** `it`; where the registry deviates, `it.skip`, and the name of the case says why. */
  readonly unless: (deviation: Deviation) => (name: string, run: () => Promise<void>) => void;
}

/** What a call failed with; a call that succeeds fails the test. */
export async function failure(call: Promise<unknown>): Promise<RegistryError> {
  return call.then(
    () => expect.fail('the call succeeded'),
    (error: unknown) => error as RegistryError,
  );
}

/** The application with its lists in one order: they are sets, and a registry may give them in any. */
export function asSets<T extends Partial<Application>>(application: T): T {
  const lists = Object.entries(application).filter((entry): entry is [string, string[]] => Array.isArray(entry[1]));
  return { ...application, ...Object.fromEntries(lists.map(([field, list]) => [field, sorted(list)])) };
}

export function sorted(values: readonly string[]): string[] {
  return values.toSorted();
}
