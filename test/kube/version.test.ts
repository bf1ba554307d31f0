/** The order of resource versions. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareVersions } from '../../src/kube/version.ts';

test('S3: versions are ordered as the numbers that they are, however long', () => {
  const number = fc.bigInt({ min: 1n, max: 10n ** 30n });
  fc.assert(
    fc.property(number, number, (a, b) => {
      expect(Math.sign(compareVersions(`${a}`, `${b}`))).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
  );
});

test('S3: no version at all is older than any', () => {
  expect(compareVersions('', '1')).toBeLessThan(0);
});
