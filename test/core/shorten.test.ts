/** Texts are cut to what fits, and no character is cut in half. */

import { expect, it } from 'vitest';
import { shortened } from '../../src/core/shorten.ts';

it.each([
  ['short', 5, 'short'],
  ['longer', 5, 'long…'],
  ['abc\u{1f600}d', 5, 'abc\ufffd…'],
  ['', 1, ''],
] as const)('%j within %i is %j', (text, longest, expected) => {
  expect(shortened(text, longest)).toBe(expected);
});
