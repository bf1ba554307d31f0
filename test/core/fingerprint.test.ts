/** A client secret's fingerprint. */

import { describe, expect, it } from 'vitest';
import { fingerprintOf, valueWith } from '../../src/core/fingerprint.ts';
import { Sensitive } from '../../src/core/sensitive.ts';

describe('a fingerprint', () => {
  it('is the first 64 bits of the SHA-256, in hex', () => {
    // RFC 6234, test vector "abc": ba7816bf 8f01cfea …
    expect(fingerprintOf(new Sensitive('abc'))).toBe('ba7816bf8f01cfea');
  });
});

describe('the value of a fingerprint', () => {
  const base64 = (text: string) => new Sensitive(Buffer.from(text).toString('base64'));
  const secret = { data: { client_id: base64('abd'), renamed: base64('abc') } } as never;

  it('is found under whichever key it is', () => {
    expect(valueWith('ba7816bf8f01cfea', secret)?.reveal()).toBe('abc');
  });

  it('is not found where it was changed', () => {
    expect(valueWith('ba7816bf8f01cfeb', secret)).toBeUndefined();
  });
});
