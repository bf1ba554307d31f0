/**
 * Names as Kubernetes has them.
 *
 * @module
 */

import { patterned } from './text.ts';

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const qualified = '[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?';

/** RFC 1123 §2.1: lower-case labels joined by dots. */
const dnsName = new RegExp(`^${label}(\\.${label})*$`);

/** The key of a label or an annotation: an optional DNS name and `/`, then a name of at most 63 characters. */
export const metadataKey = new RegExp(`^(${label}(\\.${label})*/)?${qualified}$`);

/** A DNS-1123 subdomain of at most `max` characters: the name of most objects. */
export function objectName(max = 253) {
  return patterned({ min: 1, max }, dnsName, 'a DNS name: lower-case letters, digits, "-" and "."');
}

/** A key of a Secret's data: neither `.` nor beginning with `..`, which a volume could not show as a file. */
export const secretKeyPattern = /^\.?[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/** A key of a Secret's data. */
export function secretKey() {
  return patterned(
    { min: 1, max: 253 },
    secretKeyPattern,
    'letters, digits, "-", "_" and ".", not beginning with ".."',
  );
}

/** The value of a label. */
export function labelValue() {
  return patterned(
    { max: 63 },
    new RegExp(`^(${qualified})?$`),
    'empty, or letters, digits, "-", "_" and ".", with a letter or digit at both ends',
  );
}
