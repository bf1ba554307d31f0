/**
 * Which nonces were used: a request that somebody overheard is worth nothing a second time.
 *
 * @module
 */

import { createHash } from 'node:crypto';

/** The nonces of the last while. */
export class Nonces {
  readonly #lifetime: number;
  readonly #most: number;
  /** When each was used, by its digest: the first was used first, and none takes more room than another. */
  readonly #used = new Map<string, number>();

  /**
   * @param lifetime milliseconds for which a request with the nonce may still be young enough.
   * @param most of so many is known that they were used; then the first are forgotten early.
   */
  constructor(lifetime: number, most: number) {
    this.#lifetime = lifetime;
    this.#most = most;
  }

  /** Uses the nonce at `now`, in milliseconds; false if the access key used it before. */
  use(accessKeyID: string, nonce: string, now: number): boolean {
    this.#forget(now);
    const digest = createHash('sha256').update(`${accessKeyID}\n${nonce}`).digest('base64');
    if (this.#used.has(digest)) return false;
    this.#used.set(digest, now);
    return true;
  }

  #forget(now: number): void {
    for (const [digest, at] of this.#used) {
      if (now - at <= this.#lifetime && this.#used.size < this.#most) return;
      this.#used.delete(digest);
    }
  }
}
