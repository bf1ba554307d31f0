/**
 * Time and chance as values that are handed in, so that tests own them.
 *
 * @module
 */

/** A monotonic clock in milliseconds; it says nothing of the time of day. */
export interface Clock {
  now(): number;
  /** Calls back once, not before `milliseconds` have passed; the returned function calls it off. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Uniform in [0, 1). */
export type Random = () => number;

/** Longer delays overflow `setTimeout`, which then fires at once. */
const longestTimeout = 2 ** 31 - 1;

/** The clock of the process. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, callback) {
    // A delay that is cut short here ends early; every caller looks again at what is due.
    const timer = setTimeout(callback, Math.min(Math.max(0, milliseconds), longestTimeout));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `milliseconds`, or as soon as `signal` is aborted; it never rejects. */
export function sleep(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const wake = () => {
      cancel();
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = clock.after(milliseconds, wake);
    signal.addEventListener('abort', wake);
  });
}

/** Resolves as soon as `signal` is aborted. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
