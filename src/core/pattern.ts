/**
 * Patterns of the registry's rules: literal characters, and `*` for any number of any characters.
 *
 * @module
 */

/** Whether `pattern` matches the whole of `text`, without case. Takes no longer than their lengths multiplied. */
export function matches(pattern: string, text: string): boolean {
  const [head = '', ...rest] = pattern.toLowerCase().split('*');
  const whole = text.toLowerCase();
  const tail = rest.pop();
  if (tail === undefined) return whole === head;
  if (!whole.startsWith(head)) return false;
  const from = rest.reduce((at, part) => after(whole, part, at), head.length);
  return from + tail.length <= whole.length && whole.endsWith(tail);
}

/** Where the first `part` at or after `at` ends; past everything if there is none. */
function after(text: string, part: string, at: number): number {
  const found = text.indexOf(part, at);
  return found < 0 ? Number.POSITIVE_INFINITY : found + part.length;
}
