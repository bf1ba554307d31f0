/**
 * One piece of work after the other.
 *
 * @module
 */

/** Gives a function that starts each work when all before it have ended, failed ones included. */
export function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
