/** Patterns: `*` is any number of any characters, everything else is itself, without case. */

import { expect, it } from 'vitest';
import { matches } from '../../src/core/pattern.ts';

it.each([
  ['shop', 'shop', true],
  ['shop', 'SHOP', true],
  ['shop', 'shops', false],
  ['shop', 'xshop', false],
  ['*', '', true],
  ['*', 'anything', true],
  ['shop-*', 'shop-', true],
  ['shop-*', 'shop', false],
  ['*.example.com', 'a.b.example.com', true],
  ['*.example.com', 'example.com', false],
  ['*.example.com', 'badexample.com', false],
  ['*.example.com', 'a.example.com.evil.org', false],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['a*b*c', 'axxbyyc', true],
  ['a*b*c', 'axxcyyb', false],
  ['a*b*b', 'ab', false],
  ['a**b', 'ab', true],
  ['a.c', 'abc', false],
  ['/acs/*', '/acs/scim', true],
] as const)('%s on %s: %s', (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected);
});

it('takes no time on a pattern made to take long', () => {
  const began = performance.now();
  expect(matches(`${'*a'.repeat(32)}b`, 'a'.repeat(10_000))).toBe(false);
  expect(performance.now() - began).toBeLessThan(200);
});
