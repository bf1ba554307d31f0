/**
 * What is worked out once: plan, guards and report of a pass all ask the same of the same.
 *
 * @module
 */

/**
 * `workOut`, whose last answer about each `second` is remembered for as long as that is there; for objects that nobody
 * changes. A pass asks about the one it observed, nearly always with the same `first`.
 */
export function onceForEach<A, B extends object, V>(workOut: (first: A, second: B) => V): (first: A, second: B) => V {
  const known = new WeakMap<B, { readonly first: A; readonly value: V }>();
  return (first, second) => {
    const last = known.get(second);
    if (last !== undefined && last.first === first) return last.value;
    const value = workOut(first, second);
    known.set(second, { first, value });
    return value;
  };
}
