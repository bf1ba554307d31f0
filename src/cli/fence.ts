/**
 * Keeps a process that does not lead any more from writing to a registry.
 *
 * @module
 */

import { RegistryError } from '../registry/errors.ts';
import { type Registry, wrap } from '../registry/registry.ts';

const writes: readonly (keyof Registry)[] = ['create', 'update', 'delete', 'issueClientSecret', 'deleteClientSecret'];

/** The registry, whose writes are asked about right before they are made; `unavailable` where they must not be. */
export function fenced(registry: Registry, isLeading: () => boolean): Registry {
  return wrap(registry, async (operation, call) => {
    if (!writes.includes(operation) || isLeading()) return call();
    throw new RegistryError('unavailable', 'this process does not lead: nothing was sent', { operation });
  });
}
