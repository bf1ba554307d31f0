/**
 * A value that does not print itself.
 *
 * @module
 */

/**
 * Keeps a secret value out of logs, events, errors, `inspect` and `JSON.stringify`.
 *
 * The value leaves only through {@link Sensitive.reveal}, so `grep reveal` lists every place that handles it.
 */
export class Sensitive {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** Whether both hold the same value; neither is revealed. */
  equals(other: Sensitive | undefined): boolean {
    return other !== undefined && other.#value === this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]';
  }
}
