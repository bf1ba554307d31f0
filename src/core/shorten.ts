/**
 * Texts that must fit where they go.
 *
 * @module
 */

/** The text, or as much of its beginning as `longest` characters take in, an ellipsis included. */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  // Half a character would come back from the API server as another one.
  return `${text.slice(0, longest - 1).toWellFormed()}…`;
}
