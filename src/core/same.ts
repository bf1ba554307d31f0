/**
 * Whether two values say the same.
 *
 * @module
 */

/** For JSON: the order of fields means nothing, and a field that is `undefined` is as good as absent. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && isSameList(a, b);
  const isLacking = (name: string) => b[name] !== undefined && !Object.hasOwn(a, name);
  return Object.entries(a).every(([name, value]) => isSame(value, b[name])) && !Object.keys(b).some(isLacking);
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
