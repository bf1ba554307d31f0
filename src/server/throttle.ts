/**
 * How many calls an account may make.
 *
 * @module
 */

import { refusals } from './refusal.ts';

/**
 * Gives a function that lets a call pass or throws a `Refusal`: as many calls as a second has may come at once.
 *
 * @param clock milliseconds since the epoch.
 */
export function throttle(callsPerSecond: number, clock: () => number): () => void {
  const most = Math.max(1, callsPerSecond);
  let left = most;
  let at = clock();
  return () => {
    const now = clock();
    const gained = (Math.max(0, now - at) / 1_000) * callsPerSecond;
    left = Math.min(most, left + gained);
    at = now;
    if (left < 1) throw refusals.tooFast(((1 - left) / callsPerSecond) * 1_000);
    left -= 1;
  };
}
