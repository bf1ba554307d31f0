/**
 * Keeps a process that does not lead any more from writing to a registry.
 *
 * @module
 */

import { RegistryError } from '../registry/errors.ts';
import type { Registry } from '../registry/registry.ts';

/** The registry, whose writes are asked about right before they are made; `unavailable` where they must not be. */
export function fenced(registry: Registry, isLeading: () => boolean): Registry {
  const guarded =
    <A extends readonly unknown[], T>(operation: keyof Registry, call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      if (isLeading()) return call(...args);
      throw new RegistryError('unavailable', 'this process does not lead: nothing was sent', { operation });
    };
  return {
    ...registry,
    create: guarded('create', registry.create),
    update: guarded('update', registry.update),
    delete: guarded('delete', registry.delete),
    issueClientSecret: guarded('issueClientSecret', registry.issueClientSecret),
    deleteClientSecret: guarded('deleteClientSecret', registry.deleteClientSecret),
  };
}
