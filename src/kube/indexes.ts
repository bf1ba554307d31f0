/**
 * Finds keys by values taken from objects.
 *
 * @module
 */

/** Which keys bear which value. */
export class KeyIndex<T> {
  readonly #keys = new Map<string, Set<string>>();
  readonly #valuesOf: (object: T) => readonly string[];

  constructor(valuesOf: (object: T) => readonly string[]) {
    this.#valuesOf = valuesOf;
  }

  /** The keys that bear `value`, in the order in which they came to bear it. */
  keys(value: string): Iterable<string> {
    return this.#keys.get(value) ?? [];
  }

  /** Takes note that the object under `key` was `before` and is `after`; absent: it was, or is, not there. */
  update(key: string, before: T | undefined, after: T | undefined): void {
    const old = before === undefined ? [] : this.#valuesOf(before);
    const now = after === undefined ? [] : this.#valuesOf(after);
    for (const value of old) if (!now.includes(value)) this.#leave(key, value);
    for (const value of now) if (!old.includes(value)) this.#join(key, value);
  }

  #join(key: string, value: string): void {
    const keys = this.#keys.get(value);
    if (keys === undefined) this.#keys.set(value, new Set([key]));
    else keys.add(key);
  }

  #leave(key: string, value: string): void {
    const keys = this.#keys.get(value);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(value);
  }
}
