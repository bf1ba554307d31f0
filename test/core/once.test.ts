/** Once for each object. */

import { describe, expect, it } from 'vitest';
import { onceForEach } from '../../src/core/once.ts';

describe('onceForEach', () => {
  const asked: object[] = [];
  const order = onceForEach((object: object) => {
    asked.push(object);
    return asked.length % 2 === 0 ? undefined : asked.length;
  });

  it('works out an answer once for each object, be it undefined', () => {
    const [one, other] = [{}, {}];
    expect([one, other, one, other].map(order)).toEqual([1, undefined, 1, undefined]);
    expect(asked).toEqual([one, other]);
  });
});
