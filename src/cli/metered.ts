/**
 * Times every call to a registry, and tells what became of it.
 *
 * @module
 */

import { RegistryError } from '../registry/errors.ts';
import { type Registry, wrap } from '../registry/registry.ts';

/** A call that is over. */
export interface Call {
  /** The port's name for it. */
  readonly operation: keyof Registry;
  /** `ok`, the code of the `RegistryError`, or `bug` where it failed with anything else. */
  readonly code: string;
  readonly milliseconds: number;
}

/** The registry; `tell` hears of each call as it ends. `clock`: monotonic, in milliseconds. */
export function metered(registry: Registry, clock: () => number, tell: (call: Call) => void): Registry {
  return wrap(registry, async (operation, call) => {
    const began = clock();
    let code = 'ok';
    try {
      return await call();
    } catch (error) {
      code = error instanceof RegistryError ? error.code : 'bug';
      throw error;
    } finally {
      tell({ operation, code, milliseconds: clock() - began });
    }
  });
}
