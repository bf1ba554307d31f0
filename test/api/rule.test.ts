/**
 * Rules: one object, two readers.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { matching, notMatching, ruled } from '../../src/api/rule.ts';
import { structural } from '../../src/api/structural.ts';

const range = ruled(
  z.object({ low: z.int().min(0), high: z.int().optional() }),
  [
    {
      rule: '!has(self.high) || self.low <= self.high',
      check: ({ low, high }) => high === undefined || low <= high,
      reads: ['low', 'high'],
      message: 'must not be below low',
      path: 'high',
      reason: 'FieldValueForbidden',
    },
  ],
  [
    {
      rule: 'self.low == oldSelf.low',
      check: (self, old) => self.low === old.low,
      message: 'is immutable',
      path: 'low',
    },
  ],
);

test('the API server gets the rules, then the transitions', () => {
  expect(structural(range)['x-kubernetes-validations']).toEqual([
    {
      rule: '!has(self.high) || self.low <= self.high',
      message: 'must not be below low',
      fieldPath: '.high',
      reason: 'FieldValueForbidden',
    },
    { rule: 'self.low == oldSelf.low', message: 'is immutable', fieldPath: '.low' },
  ]);
});

test('rules are added to those that a schema already has', () => {
  const both = ruled(ruled(z.string(), [matching(/a/, 'a')]), [matching(/b/, 'b')]);
  expect(structural(both)['x-kubernetes-validations']).toMatchObject([{ message: 'a' }, { message: 'b' }]);
  expect(both.safeParse('').error?.issues.map(({ message }) => message)).toEqual(['a', 'b']);
});

describe('parse gets the checks', () => {
  const issuesOf = (value: unknown) =>
    range.safeParse(value).error?.issues.map(({ path, message }) => [path.join('.'), message]);

  test('a broken rule blames its field', () => {
    expect(issuesOf({ low: 2, high: 1 })).toEqual([['high', 'must not be below low']]);
  });

  test('a rule is not tried on a value that is malformed itself', () => {
    expect(issuesOf({ low: -1, high: -2 })).toHaveLength(1);
    expect(issuesOf('range')).toHaveLength(1);
  });

  test('a rule that holds says nothing, and a transition needs two values', () => {
    expect(range.parse({ low: 1, high: 2 })).toEqual({ low: 1, high: 2 });
  });
});

describe('a pattern', () => {
  test.for([
    [matching(/^a\/b$/, 'x'), 'a/b', true, 'self.matches(r"^a/b$")'],
    [matching(/^a\/b$/, 'x'), 'ab', false, 'self.matches(r"^a/b$")'],
    [notMatching(/b/, 'x'), 'ab', false, '!self.matches(r"b")'],
    [notMatching(/b/, 'x'), 'aa', true, '!self.matches(r"b")'],
  ] as const)('%o on %s: %s', ([{ rule, check }, value, holds, cel]) => {
    expect(check(value)).toBe(holds);
    expect(rule).toBe(cel);
  });
});
