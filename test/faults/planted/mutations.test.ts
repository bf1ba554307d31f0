/**
 * Planted bugs can be planted: a change of `src/` that takes a place away takes a proof away.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mutations } from './mutations.ts';

test.each(mutations)('there is a place for the bug that $why', ({ file, find, replace }) => {
  const text = readFileSync(new URL(`../../../src/${file}`, import.meta.url), 'utf8');
  expect(text.split(find)).toHaveLength(2);
  expect(replace).not.toBe(find);
});

test('no two bugs are the same', () => {
  expect(new Set(mutations.map(({ why }) => why)).size).toBe(mutations.length);
});
