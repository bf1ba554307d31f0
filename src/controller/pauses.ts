/**
 * Registries that asked for patience. A limit of calls is the account's, not a resource's: until it is over nothing is
 * asked for anybody.
 *
 * @module
 */

import { RegistryError } from '../registry/errors.ts';
import { type Registry, wrap } from '../registry/registry.ts';

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
    heeding: (name, registry) =>
      wrap(registry, (_, call) =>
        call().catch((error: unknown) => {
          note(name, error);
          throw error;
        }),
      ),
    left: (name) => Math.max(0, Math.ceil(((ends.get(name) ?? 0) - monotonic()) / 1_000)),
  };
}
