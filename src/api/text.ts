/**
 * Strings and lists of strings as the API takes them: always bounded, in characters as Kubernetes counts them.
 *
 * @module
 */

import * as z from 'zod';
import { matching, ruled } from './rule.ts';

/** Limits in characters, both inclusive. */
interface Length {
  readonly min?: number;
  readonly max: number;
}

/**
 * A string of `min` to `max` characters.
 *
 * JavaScript counts UTF-16 units and a CRD counts code points, so the limit is stated to both apart. A string that
 * is too long is looked at no further: what it costs to refuse is bounded.
 */
export function text({ min = 0, max }: Length) {
  return z
    .string()
    .refine((value) => isWithin(value, min, max), { error: `must have ${min} to ${max} characters`, abort: true })
    .meta({ ...(min > 0 && { minLength: min }), maxLength: max });
}

/**
 * A string of `length` that `pattern` describes as a whole; `description` completes "must be …".
 *
 * A rule and not the schema's `pattern`: the API server would answer with the pattern, and nobody reads those.
 */
export function patterned(length: Length, pattern: RegExp, description: string) {
  return ruled(text(length), [matching(pattern, `must be ${description}`)]);
}

/** A list without order or repetition, of at most `max` items. */
export function setOf<T extends z.ZodType<string>>(item: T, max: number) {
  return z
    .array(item)
    .max(max, { error: `must have at most ${max} items`, abort: true })
    .refine((items) => new Set(items).size === items.length, 'must not hold an item twice')
    .meta({ 'x-kubernetes-list-type': 'set' });
}

/** A map of at most `max` entries. */
export function mapOf<V extends z.ZodType<string>>(value: V, max: number) {
  return z
    .record(z.string(), value)
    .refine((map) => Object.keys(map).length <= max, { error: `must have at most ${max} entries`, abort: true })
    .meta({ maxProperties: max });
}

/** The length in UTF-16 units decides most cases without counting: it is at least, and at most twice, the characters. */
function isWithin(value: string, min: number, max: number): boolean {
  if (value.length < min || value.length > 2 * max) return false;
  if (value.length >= 2 * min && value.length <= max) return true;
  const characters = [...value].length;
  return characters >= min && characters <= max;
}
