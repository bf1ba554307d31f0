/**
 * Waits for something to become true: the only way a test may wait.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls `check` again and again until it neither throws nor returns `undefined` or `false`, and returns what it returned.
 *
 * @param within milliseconds until it gives up, by default 60 000: it ends a test that would fail, and slows none that passes
 * @param every milliseconds between two calls, default 25; more where the question itself is work for whoever answers
 * @throws what `check` last threw, or an error that says what it last returned
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  within = 60_000,
  every = 25,
): Promise<Exclude<Awaited<T>, undefined | false>> {
  const deadline = performance.now() + within;
  for (;;) {
    const result = await attempt(check);
    if (result.ok) return result.value;
    if (performance.now() >= deadline) throw result.error;
    await sleep(every);
  }
}

type Attempt<T> = { ok: true; value: Exclude<Awaited<T>, undefined | false> } | { ok: false; error: unknown };

async function attempt<T>(check: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    const value: Awaited<T> = await check();
    if (value === undefined || value === false)
      return { ok: false, error: new Error(`still ${String(value)} at the deadline`) };
    return { ok: true, value: value as Exclude<Awaited<T>, undefined | false> };
  } catch (error) {
    return { ok: false, error };
  }
}
