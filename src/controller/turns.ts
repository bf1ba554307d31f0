/**
 * Live looks at client secrets, where no list shows them: whose turn it is, and what was seen last.
 *
 * What somebody deletes in the account is noticed so, after a while, at a cost that does not grow with the account.
 *
 * @module
 */

import { fractionOf } from '../core/spread.ts';
import type { ClientSecret } from '../core/state.ts';

/** Milliseconds between two looks at the same application. */
const interval = 3_600_000;

/** Milliseconds between the looks at any two applications: with many of them each one's turn comes less often. */
const spacing = 4_000;

export interface Turns {
  /** What was last seen of the application of this ID. */
  last(id: string): readonly ClientSecret[] | undefined;
  /** Whether its turn came since it was last looked at, among so many applications. */
  isDue(id: string, count: number): boolean;
  note(id: string, clientSecrets: readonly ClientSecret[]): void;
  /** Forgets all that are not there any more. */
  keep(ids: { has(id: string): boolean }): void;
}

/** Begins with nothing seen. Turns are spread over the interval, each application's always at the same place in it. */
export function openTurns(monotonic: () => number): Turns {
  const opened = monotonic();
  const seen = new Map<string, { readonly at: number; readonly clientSecrets: readonly ClientSecret[] }>();
  return {
    last: (id) => seen.get(id)?.clientSecrets,
    isDue: (id, count) => {
      const length = Math.max(interval, count * spacing);
      const place = fractionOf(id) * length;
      const turn = (time: number) => Math.floor((time - opened - place) / length);
      return turn(monotonic()) > turn(seen.get(id)?.at ?? opened);
    },
    note: (id, clientSecrets) => void seen.set(id, { at: monotonic(), clientSecrets }),
    keep: (ids) => {
      for (const id of seen.keys()) if (!ids.has(id)) seen.delete(id);
    },
  };
}
