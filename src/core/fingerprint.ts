/**
 * A client secret's fingerprint: enough to see that a value is the same, useless to find it.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import type { Sensitive } from './sensitive.ts';

/** 64 bits, in hex, of the SHA-256 of a value of 256 random bits. */
export function fingerprintOf(value: Sensitive): string {
  return createHash('sha256').update(value.reveal()).digest('hex').slice(0, 16);
}
