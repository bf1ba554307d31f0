/**
 * The directives that keep long inputs short in the corpus's files.
 *
 * @module
 */

/** `value` with every `$repeat`, `$concat` and `$repeatList` carried out. */
export function expanded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expanded);
  if (!isRecord(value)) return value;
  if ('$repeat' in value) return repeated(value['$repeat']);
  if ('$concat' in value) return list(value['$concat']).map(expanded).join('');
  if ('$repeatList' in value) return repeatedList(value['$repeatList']);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, expanded(field)]));
}

/** Whether `value` is an object with fields. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function repeated(argument: unknown): string {
  const [text, times] = list(argument);
  return String(text).repeat(Number(times));
}

function repeatedList(argument: unknown): string[] {
  const [text, times] = list(argument);
  return Array.from({ length: Number(times) }, (_, index) => String(text).replace('%i', String(index)));
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
