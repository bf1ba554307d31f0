/**
 * A client secret's fingerprint: enough to see that a value is the same, useless to find it.
 *
 * @module
 */

import { hash } from 'node:crypto';
import { Sensitive } from './sensitive.ts';
import type { ObservedSecret } from './state.ts';

/** 64 bits, in hex, of the SHA-256 of a value of 256 random bits. */
export function fingerprintOf(value: Sensitive): string {
  return hash('sha256', value.reveal()).slice(0, 16);
}

/** The value of that fingerprint, under whichever key of the Secret it is: what was delivered, and nobody changed. */
export function valueWith(fingerprint: string, { data }: ObservedSecret): Sensitive | undefined {
  return Object.values(data)
    .map(decoded)
    .find((value) => fingerprintOf(value) === fingerprint);
}

/** The value under a key, whatever it is; `undefined` where there is none. */
export function valueUnder(key: string, { data }: ObservedSecret): Sensitive | undefined {
  const value = data[key];
  return value && decoded(value);
}

function decoded(value: Sensitive): Sensitive {
  return new Sensitive(Buffer.from(value.reveal(), 'base64').toString('utf8'));
}
