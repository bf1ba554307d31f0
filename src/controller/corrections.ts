/**
 * How often each resource was set right lately, so that two who want different things do not go on for ever.
 *
 * @module
 */

import { contestedPeriod } from '../core/drift.ts';
import type { Resource } from '../core/resource.ts';

/** A resource under its present spec: with another, all begins anew. */
type Counted = Pick<Resource, 'uid' | 'generation'>;

/** The corrections of the last hour, in memory. */
export interface Corrections {
  count(resource: Counted): number;
  note(resource: Counted): void;
}

/** @param monotonic milliseconds since whenever */
export function openCorrections(monotonic: () => number): Corrections {
  // Those that were noted last stand last.
  const noted = new Map<string, readonly number[]>();
  const recent = (key: string) => (noted.get(key) ?? []).filter((time) => time > monotonic() - contestedPeriod);

  function forgetOld(): void {
    for (const key of noted.keys()) {
      if (recent(key).length > 0) return;
      noted.delete(key);
    }
  }

  return {
    count: (resource) => recent(keyOf(resource)).length,
    note: (resource) => {
      const key = keyOf(resource);
      const times = [...recent(key), monotonic()];
      noted.delete(key);
      noted.set(key, times);
      forgetOld();
    },
  };
}

function keyOf({ uid, generation }: Counted): string {
  return `${uid} ${generation}`;
}
