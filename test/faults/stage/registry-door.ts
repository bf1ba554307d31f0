/**
 * The way of one controller to the registry's port, at which calls are counted and meet faults.
 *
 * @module
 */

import { RegistryError } from '../../../src/registry/errors.ts';
import { type Registry, wrap } from '../../../src/registry/registry.ts';
import type { Failures, Site } from './injector.ts';

const writes: ReadonlySet<string> = new Set([
  'create',
  'update',
  'delete',
  'issueClientSecret',
  'deleteClientSecret',
] satisfies (keyof Registry)[]);

/** Whether a call of that name may change anything. */
export function isRegistryWrite(operation: string): boolean {
  return writes.has(operation);
}

/** The registry, whose every call passes by `meet`; a write is refused, as the fence refuses it, where another leads. */
export function registryDoor(
  registry: Registry,
  isLeading: () => boolean,
  meet: <T>(site: Site<T>) => Promise<T>,
): Registry {
  return wrap(registry, (operation, send) => {
    const isWrite = isRegistryWrite(operation);
    const perform = async () => {
      if (isWrite && !isLeading()) throw new RegistryError('unavailable', 'not leading', { operation });
      return send();
    };
    const kind = { side: 'registry', verb: operation, object: '', isWrite, hasPast: false } as const;
    return meet({ ...kind, perform, send, failures: failuresOf(operation) });
  });
}

/** Those of a registry whose calls are idempotent by their operation's UUID, and of one whose are not, in one. */
function failuresOf(operation: keyof Registry): Failures {
  const makes = operation === 'create' || operation === 'issueClientSecret';
  const lost = () => new RegistryError(makes ? 'uncertain' : 'unavailable', 'no answer, says the fault', { operation });
  return {
    unanswered: lost,
    unreadable: lost,
    throttled: (retryAfterSeconds) =>
      new RegistryError('throttled', 'too many calls, says the fault', {
        operation,
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      }),
    denied: () => new RegistryError('denied', 'not allowed, says the fault', { operation }),
    conflict: lost,
  };
}
