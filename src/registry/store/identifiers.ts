/**
 * Identifiers and client secrets in the shapes that RAM gives them, from given randomness.
 *
 * @module
 */

const digits = '0123456789';
const alphanumerics = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `size` bytes of a cryptographically secure generator. */
export type Random = (size: number) => Buffer;

/** 19 digits; the first is 4, as RAM's are, so that the number fits 63 bits. */
export function newApplicationID(random: Random): string {
  return `4${draw(18, digits, random)}`;
}

/** 16 digits, the first not 0. */
export function newAccountID(random: Random): string {
  return `1${draw(15, digits, random)}`;
}

/** A UUID of version 4 (RFC 9562 §5.4). */
export function newClientSecretID(random: Random): string {
  const bytes = random(16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** 64 alphanumerics: 381 bits, of which no more than the generator's 256 are claimed. */
export function newClientSecretValue(random: Random): string {
  return draw(64, alphanumerics, random);
}

/** Every character equally likely: bytes past the last whole multiple of the alphabet are thrown away. */
function draw(length: number, alphabet: string, random: Random): string {
  const end = 256 - (256 % alphabet.length);
  let drawn = '';
  while (drawn.length < length) {
    for (const byte of random(length - drawn.length)) if (byte < end) drawn += alphabet.charAt(byte % alphabet.length);
  }
  return drawn;
}
