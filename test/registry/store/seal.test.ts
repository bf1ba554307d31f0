/** Seals open with their key, in their place, unaltered; and no other way. */

import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Sensitive } from '../../../src/core/sensitive.ts';
import { createSealer } from '../../../src/registry/store/seal.ts';

const value = new Sensitive('value of a client secret');
const older = createSecretKey(Buffer.alloc(32, 1));
const newer = createSecretKey(Buffer.alloc(32, 2));

function withKeys(writing: number, ...keys: [number, typeof older][]) {
  return createSealer({ writing, versions: new Map(keys) }, 'store.key', randomBytes);
}

const first = withKeys(1, [1, older]);
const both = withKeys(2, [1, older], [2, newer]);

describe('a seal', () => {
  it('opens in its place', () => {
    expect(first.open(first.seal(value, 'a/1'), 'a/1').reveal()).toBe(value.reveal());
  });

  it('shows nothing of the value and never repeats itself', () => {
    const seals = Array.from({ length: 1_000 }, () => first.seal(value, 'a/1'));
    const nonces = seals.map((seal) => Buffer.from(seal, 'base64url').subarray(1, 13).toString('hex'));
    expect(new Set(nonces).size).toBe(1_000);
    for (const seal of seals) expect(Buffer.from(seal, 'base64url').toString('latin1')).not.toContain('client');
  });

  it('begins with the version of its key', () => {
    expect(Buffer.from(first.seal(value, 'a/1'), 'base64url')[0]).toBe(1);
    expect(Buffer.from(both.seal(value, 'a/1'), 'base64url')[0]).toBe(2);
  });

  it('opens while its key is there, though another seals', () => {
    const seal = first.seal(value, 'a/1');
    expect(both.open(seal, 'a/1').reveal()).toBe(value.reveal());
    expect(both.isCurrent(seal)).toBe(false);
    expect(both.isCurrent(both.seal(value, 'a/1'))).toBe(true);
  });

  it('does not open in another place', () => {
    expect(() => first.open(first.seal(value, 'a/1'), 'a/2')).toThrow(expect.objectContaining({ code: 'wrongKey' }));
  });

  it('does not open with another key of its version', () => {
    const seal = withKeys(1, [1, newer]).seal(value, 'a/1');
    expect(() => first.open(seal, 'a/1')).toThrow(expect.objectContaining({ code: 'wrongKey' }));
  });

  it('does not open without its key', () => {
    const seal = both.seal(value, 'a/1');
    expect(() => first.open(seal, 'a/1')).toThrow(expect.objectContaining({ code: 'keyMissing' }));
  });

  it.each([1, 5, 12, 13, 20, -16, -1])('does not open with byte %i altered', (index) => {
    const bytes = Buffer.from(both.seal(value, 'a/1'), 'base64url');
    const at = index < 0 ? bytes.length + index : index;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    expect(() => both.open(bytes.toString('base64url'), 'a/1')).toThrow(expect.objectContaining({ code: 'wrongKey' }));
  });

  it.each([2, 13, 20, 28])('does not open cut to %i bytes', (length) => {
    const cut = Buffer.from(both.seal(value, 'a/1'), 'base64url').subarray(0, length);
    expect(() => both.open(cut.toString('base64url'), 'a/1')).toThrow(expect.objectContaining({ code: 'wrongKey' }));
  });

  it.each(['', 'AA'])('is refused when it is no seal: %j', (text) => {
    expect(() => both.open(text, 'a/1')).toThrow(expect.objectContaining({ code: 'keyMissing' }));
  });
});
