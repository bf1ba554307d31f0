/**
 * Times every call to a registry, and tells what became of it.
 *
 * @module
 */

import { RegistryError } from '../registry/errors.ts';
import type { Registry } from '../registry/registry.ts';

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
  const timed =
    <A extends readonly unknown[], T>(operation: keyof Registry, call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      const began = clock();
      let code = 'ok';
      try {
        return await call(...args);
      } catch (error) {
        code = error instanceof RegistryError ? error.code : 'bug';
        throw error;
      } finally {
        tell({ operation, code, milliseconds: clock() - began });
      }
    };
  // One by one, so that a call that the port gains is not forgotten here.
  return {
    account: timed('account', registry.account),
    list: timed('list', registry.list),
    get: timed('get', registry.get),
    find: timed('find', registry.find),
    create: timed('create', registry.create),
    update: timed('update', registry.update),
    delete: timed('delete', registry.delete),
    clientSecrets: timed('clientSecrets', registry.clientSecrets),
    readClientSecret: timed('readClientSecret', registry.readClientSecret),
    issueClientSecret: timed('issueClientSecret', registry.issueClientSecret),
    deleteClientSecret: timed('deleteClientSecret', registry.deleteClientSecret),
  };
}
