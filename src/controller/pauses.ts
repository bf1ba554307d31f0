/**
 * Registries that asked for patience. A limit of calls is the account's, not a resource's: until it is over nothing is
 * asked for anybody.
 *
 * @module
 */

import { RegistryError } from '../registry/errors.ts';
import type { Registry } from '../registry/registry.ts';

export interface Pauses {
  /** The registry; when it asks for patience, that is remembered under `name`. */
  heeding(name: string, registry: Registry): Registry;
  /** Seconds until it may be asked again; 0: now. */
  left(name: string): number;
}

/** Seconds: the longest pause. */
const longest = 900;

/** Nobody asked for patience yet; `monotonic` is in milliseconds. */
export function openPauses(monotonic: () => number): Pauses {
  const ends = new Map<string, number>();

  function note(name: string, error: unknown): void {
    if (!(error instanceof RegistryError) || error.code !== 'throttled') return;
    const { retryAfterSeconds = 0 } = error;
    const end = monotonic() + Math.min(retryAfterSeconds, longest) * 1_000;
    ends.set(name, Math.max(end, ends.get(name) ?? 0));
  }

  return {
    heeding: (name, registry) => told(registry, (error) => note(name, error)),
    left: (name) => Math.max(0, Math.ceil(((ends.get(name) ?? 0) - monotonic()) / 1_000)),
  };
}

/** The registry; `onError` is told each error of each call. */
function told(registry: Registry, onError: (error: unknown) => void): Registry {
  const watched =
    <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
    (...args: A) =>
      call(...args).catch((error: unknown) => {
        onError(error);
        throw error;
      });
  return {
    account: watched(registry.account),
    list: watched(registry.list),
    get: watched(registry.get),
    find: watched(registry.find),
    create: watched(registry.create),
    update: watched(registry.update),
    delete: watched(registry.delete),
    clientSecrets: watched(registry.clientSecrets),
    readClientSecret: watched(registry.readClientSecret),
    issueClientSecret: watched(registry.issueClientSecret),
    deleteClientSecret: watched(registry.deleteClientSecret),
  };
}
