/**
 * One piece of work for all who ask for it before it is begun.
 *
 * @module
 */

/**
 * The work, one at a time: whoever asks while it runs shares the next run with all who ask meanwhile. What one gets was
 * therefore begun after one asked.
 */
export function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    next = undefined;
    const run = work();
    running = run;
    return run;
  };
  return () => {
    next ??= running.then(begin, begin);
    return next;
  };
}
