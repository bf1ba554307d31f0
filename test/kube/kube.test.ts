/** Keys and the objects that they name. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOf, parseKey } from '../../src/kube/kube.ts';

test('a namespaced object is known by namespace and name, another by its name', () => {
  expect(keyOf({ metadata: { namespace: 'a', name: 'b' } })).toBe('a/b');
  expect(keyOf({ metadata: { name: 'b' } })).toBe('b');
});

test('a key says what it was made of', () => {
  const anyName = fc.stringMatching(/^[a-z0-9.-]+$/);
  fc.assert(
    fc.property(fc.option(anyName, { nil: undefined }), anyName, (namespace, name) => {
      const named = namespace === undefined ? { name } : { namespace, name };
      expect(parseKey(keyOf({ metadata: named }))).toEqual(named);
    }),
  );
});
