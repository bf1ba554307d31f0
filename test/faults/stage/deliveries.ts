/**
 * What watches tell, on its way into a controller's caches: between two passes, and as a fault has it otherwise.
 *
 * @module
 */

import type { Failures, Site } from './injector.ts';
import { type Collection, collections, type Sighting } from './observatory.ts';
import type { Replica } from './replica.ts';
import type { View } from './view.ts';

type Manner = 'once' | 'late' | 'twice' | 'never';

export class Deliveries {
  readonly #view: View;
  #late: readonly Sighting[] = [];
  #mustRelist = false;

  constructor(view: View) {
    this.#view = view;
  }

  /** Whether something is still to come once a pass is over, or none is due. */
  get isWaiting(): boolean {
    return this.#late.length > 0 || this.#mustRelist;
  }

  /** Brings all that was written until now; of each collection it is one call. */
  async bring(replica: Replica, meet: (site: Site<void>) => Promise<void>): Promise<void> {
    await this.#view.caughtUp();
    const mustRelist = this.#mustRelist;
    const frames = Map.groupBy([...this.#late, ...this.#view.takePending()], ({ collection }) => collection);
    this.#late = [];
    this.#mustRelist = false;
    for (const collection of collections) {
      const some = frames.get(collection);
      if (some !== undefined) await meet(this.#coming(collection, some, replica));
    }
    if (mustRelist) await replica.relist(this.#view.lists());
  }

  #coming(collection: Collection, some: readonly Sighting[], replica: Replica): Site<void> {
    let manner: Manner = 'once';
    const as = (other: Manner) => () => {
      manner = other;
    };
    const send = async () => {
      if (manner === 'late') this.#late = [...this.#late, ...some];
      else if (manner === 'never') this.#mustRelist = true;
      else for (const each of manner === 'twice' ? [...some, ...some] : some) replica.see(each);
    };
    const kind = { side: 'watch', verb: collection, object: '', isWrite: false, hasPast: false } as const;
    const frames = { hold: as('late'), repeat: as('twice'), lose: as('never') };
    return { ...kind, send, perform: send, failures: none, frames };
  }
}

/** What comes of itself does not fail. */
function never(): never {
  throw new Error('a watch has no answer that could fail');
}

const none: Failures = { unanswered: never, unreadable: never, throttled: never, denied: never, conflict: never };
