/** Once for each object. */

import { describe, expect, it } from 'vitest';
import { onceForEach } from '../../src/core/once.ts';

describe('onceForEach', () => {
  function counted() {
    const asked: (readonly [string, object])[] = [];
    const order = onceForEach((first: string, second: object) => {
      asked.push([first, second]);
      return asked.length % 2 === 0 ? undefined : asked.length;
    });
    return { asked, order };
  }

  it('works out an answer once for each object, be it undefined', () => {
    const { asked, order } = counted();
    const [one, other] = [{}, {}];
    expect([one, other, one, other].map((object) => order('a', object))).toEqual([1, undefined, 1, undefined]);
    expect(asked).toEqual([
      ['a', one],
      ['a', other],
    ]);
  });

  it('works it out again where something else was asked of the same object', () => {
    const { order } = counted();
    const object = {};
    expect([order('a', object), order('b', object), order('b', object), order('a', object)]).toEqual([
      1,
      undefined,
      undefined,
      3,
    ]);
  });
});
