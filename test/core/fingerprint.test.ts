/** A client secret's fingerprint. */

import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../src/core/fingerprint.ts';
import { Sensitive } from '../../src/core/sensitive.ts';

describe('a fingerprint', () => {
  it('is the first 64 bits of the SHA-256, in hex', () => {
    // RFC 6234, test vector "abc": ba7816bf 8f01cfea …
    expect(fingerprintOf(new Sensitive('abc'))).toBe('ba7816bf8f01cfea');
  });
});
