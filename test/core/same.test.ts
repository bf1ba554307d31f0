/** What says the same: JSON, whatever the order of its fields. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSame } from '../../src/core/same.ts';

test.for([
  ['fields in another order', '{"a":1,"b":[2,{"c":null}]}', '{"b":[2,{"c":null}],"a":1}', true],
  ['another value', '{"a":1}', '{"a":2}', false],
  ['a field more', '{"a":1}', '{"a":1,"b":2}', false],
  ['a field less', '{"a":1,"b":2}', '{"a":1}', false],
  ['a field that every object inherits', '{}', '{"toString":"x"}', false],
  ['a null for a missing field', '{"a":null}', '{}', false],
  ['an item more', '[1]', '[1,2]', false],
  ['items in another order', '[1,2]', '[2,1]', false],
  ['an object for a list', '{"0":1}', '[1]', false],
  ['a text for a number', '"1"', '1', false],
] as const)('%s: %s and %s', ([, a, b, same]) => {
  expect(isSame(JSON.parse(a), JSON.parse(b))).toBe(same);
  expect(isSame(JSON.parse(b), JSON.parse(a))).toBe(same);
});

test('a field that is undefined is as good as absent', () => {
  expect(isSame({ a: 1, b: undefined }, { a: 1, c: undefined })).toBe(true);
  expect(isSame({ a: undefined }, { a: 1 })).toBe(false);
});

test('agrees with the texts of values that were written in one way', () => {
  // Without -0, which JSON does not keep.
  const json = fc.jsonValue({ maxDepth: 2 }).map((value): unknown => JSON.parse(JSON.stringify(value)));
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(isSame(a, structuredClone(a))).toBe(true);
      if (isSame(a, b)) expect(b).toEqual(a);
    }),
  );
});
