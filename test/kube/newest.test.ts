/** Which entry goes where there are too many. */

import { expect, test } from 'vitest';
import { setNewest } from '../../src/kube/newest.ts';

test('the entry that was set longest ago goes, and one that is set again is new', () => {
  const map = new Map<string, number>();
  for (const key of ['a', 'b', 'a', 'c']) setNewest(map, key, map.size, 2);
  expect([...map]).toEqual([
    ['a', 2],
    ['c', 2],
  ]);
});
