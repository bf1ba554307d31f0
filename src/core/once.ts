/**
 * What is worked out once for each object: a pass asks the same of the same several times.
 *
 * @module
 */

/** `workOut`, remembered for as long as the object is there; for objects that nobody changes. */
export function onceForEach<K extends object, V>(workOut: (object: K) => V): (object: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (object) => {
    const found = known.get(object);
    if (found !== undefined) return found.value;
    const value = workOut(object);
    known.set(object, { value });
    return value;
  };
}
