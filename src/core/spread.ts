/**
 * Spreads what would otherwise happen at once, without chance: the same thing always has the same place.
 *
 * @module
 */

import { hash } from 'node:crypto';

/** A number from 0 to 1, 1 excluded, that looks random for each text. */
export function fractionOf(text: string): number {
  return Number.parseInt(hash('sha256', text).slice(0, 8), 16) / 2 ** 32;
}
