/**
 * The name that an application bears in its account.
 *
 * The name is the idempotency key and the proof of ownership: registries offer no tags and no client token. Namespaces
 * have no dots and prefixes no underscore, so no two resources derive the same name, in one cluster or in several with
 * different prefixes.
 *
 * @module
 */

import { hash } from 'node:crypto';

/** The longest name that RAM takes (CreateApplication, AppName). */
const longest = 64;
const keptOfLong = 37;
const digits = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * `<prefix>_<namespace>.<name>`, or `<namespace>.<name>` without a prefix.
 *
 * Past 64 characters: the first 37, `_`, and 26 characters of lower-case base32 (RFC 4648 §6) of the SHA-256 of
 * `namespace/name`: 130 bits, so that shortened names do not meet.
 */
export function derivedName(prefix: string | undefined, namespace: string, name: string): string {
  const whole = prefix === undefined ? `${namespace}.${name}` : `${prefix}_${namespace}.${name}`;
  if (whole.length <= longest) return whole;
  const digest = hash('sha256', `${namespace}/${name}`, 'buffer');
  return `${whole.slice(0, keptOfLong)}_${base32(digest).slice(0, longest - keptOfLong - 1)}`;
}

/**
 * Whether an explicit name could be a derived one: then it is nobody's to ask for.
 *
 * With a prefix: it begins with the prefix and `_`. Without: it has a `.`, or is 37 characters, `_` and 26 of base32.
 */
export function isDerivedForm(prefix: string | undefined, name: string): boolean {
  const lower = name.toLowerCase();
  return prefix === undefined ? lower.includes('.') || shortened.test(lower) : lower.startsWith(`${prefix}_`);
}

/**
 * The namespace that a derived name is of; `undefined` where the name does not say: it is no derived one, or shortened
 * before the namespace's end.
 */
export function namespaceIn(prefix: string | undefined, name: string): string | undefined {
  const start = prefix === undefined ? 0 : prefix.length + 1;
  const dot = name.indexOf('.');
  return isDerivedForm(prefix, name) && dot > start ? name.slice(start, dot).toLowerCase() : undefined;
}

const shortened = /^.{37}_[a-z2-7]{26}$/;

/** Names are compared without case: whether RAM tells them apart by case is not documented. */
export function sameName(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase();
}

function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => digits.charAt(Number.parseInt(five, 2))).join('');
}
