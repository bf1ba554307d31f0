/** Identifiers have RAM's shapes, and every character is equally likely. */

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  newAccountID,
  newApplicationID,
  newClientSecretID,
  newClientSecretValue,
} from '../../../src/registry/store/identifiers.ts';

describe('identifiers', () => {
  it.each([
    ['an application ID', newApplicationID, /^4\d{18}$/],
    ['an account ID', newAccountID, /^1\d{15}$/],
    ['a client secret ID', newClientSecretID, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/],
    ['a client secret', newClientSecretValue, /^[A-Za-z0-9]{64}$/],
  ])('%s has its shape and does not repeat', (_what, make, shape) => {
    const made = Array.from({ length: 200 }, () => make(randomBytes));
    for (const each of made) expect(each).toMatch(shape);
    expect(new Set(made).size).toBe(200);
  });

  it('has application IDs that fit 63 bits', () => {
    expect(BigInt(newApplicationID((size) => Buffer.alloc(size, 249)))).toBeLessThan(2n ** 63n);
  });

  it('throws bytes away that would favour a character', () => {
    const given = [Buffer.alloc(64, 248), Buffer.alloc(64, 255), Buffer.alloc(64, 247)];
    expect(newClientSecretValue(() => given.shift() ?? Buffer.alloc(0))).toBe('9'.repeat(64));
    expect(given).toHaveLength(0);
  });

  it('takes every character of the alphabet from as many bytes', () => {
    let next = 0;
    const everyByte = (size: number) => Buffer.from(Array.from({ length: size }, () => next++ % 256));
    const drawn = Array.from({ length: 31 }, () => newClientSecretValue(everyByte)).join('');
    const counts = Map.groupBy(drawn, (character) => character);
    expect(counts.size).toBe(62);
    expect(new Set([...counts.values()].map(({ length }) => length))).toEqual(new Set([32]));
  });
});
