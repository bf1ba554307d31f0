/**
 * A client secret's fingerprint: enough to see that a value is the same, useless to find it.
 *
 * @module
 */

import { hash } from 'node:crypto';
import type { Sensitive } from './sensitive.ts';

/** 64 bits, in hex, of the SHA-256 of a value of 256 random bits. */
export function fingerprintOf(value: Sensitive): string {
  return hash('sha256', value.reveal()).slice(0, 16);
}
