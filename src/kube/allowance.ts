/**
 * How much each of many may do: a token bucket for each, as many at once and then one in a while.
 *
 * @module
 */

import type { Clock } from './clock.ts';
import { setNewest } from './newest.ts';

export interface AllowanceOptions {
  /** How much may be taken at once by whom took nothing for long. */
  readonly burst: number;
  /** Milliseconds after which one more may be taken. */
  readonly refill: number;
  /** Of how many is remembered what they took; who took something longest ago is forgotten first. */
  readonly most: number;
  readonly clock: Clock;
}

interface Bucket {
  readonly left: number;
  readonly at: number;
}

/** Buckets by key, each full at first. */
export class Allowance {
  readonly #options: AllowanceOptions;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: AllowanceOptions) {
    this.#options = options;
  }

  /** Takes one, if there is one left for the key. */
  take(key: string): boolean {
    const { burst, refill, most, clock } = this.#options;
    const at = clock.now();
    const last = this.#buckets.get(key) ?? { left: burst, at };
    const left = Math.min(burst, last.left + (at - last.at) / refill);
    const isEnough = left >= 1;
    setNewest(this.#buckets, key, { left: isEnough ? left - 1 : left, at }, most);
    return isEnough;
  }
}
