/**
 * Maps that remember a bounded number of entries.
 *
 * @module
 */

/** Sets the entry as the newest one; where there are then more than `most`, the one that was set longest ago goes. */
export function setNewest<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map;
  if (map.size > most && oldest !== undefined) map.delete(oldest[0]);
}
