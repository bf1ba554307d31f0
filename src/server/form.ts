/**
 * Parameters as a query string or a form carries them: `name=value`, joined with `&`, percent-encoded UTF-8.
 *
 * @module
 */

import { Refusal } from './refusal.ts';

/** Parameters by name. */
export type Parameters = ReadonlyMap<string, string>;

/**
 * Reads a query string or a form; `+` is a space, as several SDKs send it.
 *
 * @throws Refusal where it is not encoded properly, or names a parameter twice: of two values nobody could tell which counts
 */
export function readForm(text: string): Parameters {
  return merged(
    text
      .split('&')
      .filter((pair) => pair !== '')
      .map(readPair),
  );
}

/** All of the parameters; refused as {@link readForm} refuses them where one is in both. */
export function together(one: Parameters, other: Parameters): Parameters {
  return merged([...one, ...other]);
}

function merged(pairs: readonly (readonly [name: string, value: string])[]): Parameters {
  const read = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (read.has(name)) throw new Refusal(400, 'InvalidParameter', 'A parameter is given more than once.');
    read.set(name, value);
  }
  return read;
}

function readPair(pair: string): readonly [name: string, value: string] {
  const at = pair.indexOf('=');
  return at < 0 ? [decoded(pair), ''] : [decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new Refusal(400, 'InvalidParameter', 'The parameters are not percent-encoded UTF-8.');
  }
}
