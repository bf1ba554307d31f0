/**
 * The last look at each OAuthRegistry: what every pass over an application works by.
 *
 * @module
 */

import type { RegistryResource } from '../cluster/cluster.ts';
import type { Failure } from '../core/outcome.ts';
import { failureOf } from './failures.ts';
import type { LookedAt } from './registry-status.ts';

/** What a look found, or why it found nothing to work with. */
export type Result = LookedAt | Failure;

/** A look at one OAuthRegistry, as it was then. */
interface Look {
  readonly uid: string;
  readonly generation: number;
  readonly result: Promise<Result>;
}

export interface Looks {
  /** Looks anew; whoever asks meanwhile gets the same answer. */
  look(found: RegistryResource): Promise<Result>;
  /** What was last seen of it. What was seen of another of its name, or of another spec, says nothing of this one. */
  last(found: RegistryResource): Promise<Result> | undefined;
  /** Whether there was anything to forget. */
  forget(name: string): boolean;
}

/**
 * A look that fails for a reason that is no failure of the registry is not kept; nor is one that the registry had no time for.
 */
export function openLooks(lookAt: (found: RegistryResource) => Promise<Result>): Looks {
  const seen = new Map<string, Look>();
  return {
    look: (found) => {
      const { name, uid, generation } = found;
      const result = lookAt(found)
        .catch(failureOf)
        .then((ended) => {
          if ('reason' in ended && ended.reason === 'Throttled') seen.delete(name);
          return ended;
        })
        .catch((error: unknown) => {
          seen.delete(name);
          throw error;
        });
      seen.set(name, { uid, generation, result });
      return result;
    },
    last: ({ name, uid, generation }) => {
      const last = seen.get(name);
      return last?.uid === uid && last.generation === generation ? last.result : undefined;
    },
    forget: (name) => seen.delete(name),
  };
}
