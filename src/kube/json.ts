/**
 * JSON as the API server sends it: always an object.
 *
 * @module
 */

/** The object, or `undefined` where the text is anything else. */
export function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
