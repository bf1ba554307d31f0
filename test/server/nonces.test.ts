/**
 * Nonces are remembered for a while, and so many of them.
 *
 * @module
 */

import { expect, test } from 'vitest';
import { Nonces } from '../../src/server/nonces.ts';

test('a nonce is used once by each access key', () => {
  const nonces = new Nonces(100, 10);
  expect(nonces.use('a', 'n', 0)).toBe(true);
  expect(nonces.use('a', 'n', 1)).toBe(false);
  expect(nonces.use('b', 'n', 1)).toBe(true);
});

test('key and nonce are told apart', () => {
  const nonces = new Nonces(100, 10);
  expect(nonces.use('a', 'bc', 0)).toBe(true);
  expect(nonces.use('ab', 'c', 0)).toBe(true);
});

test('it is forgotten when its time is over, and not before', () => {
  const nonces = new Nonces(100, 10);
  nonces.use('a', 'n', 0);
  expect(nonces.use('a', 'n', 100)).toBe(false);
  expect(nonces.use('a', 'n', 101)).toBe(true);
});

test('of too many the first are forgotten early', () => {
  const nonces = new Nonces(100, 3);
  for (const nonce of ['1', '2', '3', '4']) nonces.use('a', nonce, 0);
  expect(nonces.use('a', '4', 1)).toBe(false);
  expect(nonces.use('a', '1', 1)).toBe(true);
});
