/**
 * Looks for secret values in text, in every form in which they may have got there.
 *
 * @module
 */

/** Characters of a piece that is already too much. */
const piece = 12;

/** The values, by their ordinal, of which `text` holds a piece of 12 characters: as it is, in base64 or in hex. */
export function leaks(text: string, secrets: Iterable<string>): readonly number[] {
  const pieces = new Map<string, number>();
  [...secrets].forEach((value, ordinal) => {
    for (const form of forms(value)) for (const each of piecesOf(form)) pieces.set(each, ordinal);
  });
  const found = new Set<number>();
  for (const each of piecesOf(text)) {
    const ordinal = pieces.get(each);
    if (ordinal !== undefined) found.add(ordinal);
  }
  return [...found];
}

/** Base64 has three forms, by where in a longer text the value begins. */
function forms(value: string): readonly string[] {
  const encoded = [0, 1, 2].map((start) => Buffer.from(value.slice(start)).toString('base64').slice(0, -4));
  const hex = Buffer.from(value).toString('hex');
  return [value, ...encoded, hex, hex.toUpperCase(), encodeURIComponent(value)];
}

function* piecesOf(text: string): Generator<string> {
  for (let start = 0; start + piece <= text.length; start++) yield text.slice(start, start + piece);
}
