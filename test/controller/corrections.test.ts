/** Corrections count for an hour, for each resource and spec, and take no memory after that. */

import { expect, test } from 'vitest';
import { openCorrections } from '../../src/controller/corrections.ts';

const hour = 3_600_000;
const shop = { uid: 'shop', generation: 1 };

test('each counts for an hour, for its resource under its spec', () => {
  let now = 0;
  const corrections = openCorrections(() => now);
  expect(corrections.count(shop)).toBe(0);
  corrections.note(shop);
  now = hour / 2;
  corrections.note(shop);
  corrections.note({ uid: 'till', generation: 1 });
  expect(corrections.count(shop)).toBe(2);
  expect(corrections.count({ ...shop, generation: 2 })).toBe(0);
  now = hour;
  expect(corrections.count(shop)).toBe(1);
  now = 2 * hour;
  expect(corrections.count(shop)).toBe(0);
});
