/**
 * Whether a host name can be decoded: the one thing about redirect URIs that CEL cannot say.
 *
 * @module
 */

/** RFC 3492 §5: the parameters of the encoding. */
const base = 36;
const damp = 700;
const skew = 38;
const initialBias = 72;
const initialCodePoint = 0x80;
const lastCodePoint = 0x10ffff;

/** Larger numbers lead beyond the last code point, whatever follows. */
const maxNumber = 64 * lastCodePoint;

/** Whether every label of `host` that begins with `xn--` holds punycode; `host` is lower case. */
export function isDecodableHost(host: string): boolean {
  const encoded = host.split('.').filter((label) => label.startsWith('xn--'));
  return encoded.every((label) => isPunycode(label.slice('xn--'.length)));
}

/** RFC 3492 §6.2 without the result: the numbers after the last hyphen lead to code points that exist. */
function isPunycode(text: string): boolean {
  const start = text.lastIndexOf('-') + 1;
  let length = Math.max(start - 1, 0);
  let [position, bias, place, codePoint] = [start, initialBias, 0, initialCodePoint];
  while (position < text.length) {
    const number = readNumber(text, position, bias);
    if (number === undefined) return false;
    length += 1;
    codePoint += Math.floor((place + number.value) / length);
    if (codePoint > lastCodePoint) return false;
    place = ((place + number.value) % length) + 1;
    bias = adapted(number.value, length, position === start);
    position = number.end;
  }
  return start < text.length;
}

/** RFC 3492 §3.3: a number in digits of growing weight, whose last digit is below its threshold. */
function readNumber(text: string, start: number, bias: number): { value: number; end: number } | undefined {
  let [value, weight] = [0, 1];
  for (let position = start; position < text.length && value <= maxNumber; position += 1) {
    const digit = digitAt(text, position);
    const threshold = Math.min(Math.max((position - start + 1) * base - bias, 1), 26);
    value += digit * weight;
    if (digit < threshold) return { value, end: position + 1 };
    weight *= base - threshold;
  }
  return undefined;
}

/** `a` to `z` are 0 to 25, `0` to `9` are 26 to 35. */
function digitAt(text: string, position: number): number {
  return (Number.parseInt(text.charAt(position), base) + 26) % base;
}

/** RFC 3492 §6.1. */
function adapted(delta: number, length: number, isFirst: boolean): number {
  let scaled = Math.floor(delta / (isFirst ? damp : 2));
  scaled += Math.floor(scaled / length);
  let bias = 0;
  for (; scaled > 455; bias += base) scaled = Math.floor(scaled / 35);
  return bias + Math.floor((base * scaled) / (scaled + skew));
}
