/**
 * How long a call may take.
 *
 * @module
 */

import type { Clock } from './clock.ts';

/**
 * Does `work`. Its signal is aborted after that many milliseconds, with a `TimeoutError`, or as soon as the caller's is,
 * with the same reason. Work that heeds it fails then.
 *
 * Nothing is left of a call that has ended: no timer, and no listener on the caller's signal, which may outlive any number
 * of calls. `AbortSignal.any` and `AbortSignal.timeout` leave that to the garbage collector.
 */
export async function withDeadline<T>(
  clock: Pick<Clock, 'after'>,
  milliseconds: number,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const call = new AbortController();
  const giveUp = () => call.abort(caller?.reason);
  const cancel = clock.after(milliseconds, () => call.abort(new DOMException('it took too long', 'TimeoutError')));
  if (caller?.aborted) giveUp();
  caller?.addEventListener('abort', giveUp);
  try {
    return await work(call.signal);
  } finally {
    cancel();
    caller?.removeEventListener('abort', giveUp);
  }
}
