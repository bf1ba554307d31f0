/**
 * Strings counted in characters, and sets.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { structural } from '../../src/api/structural.ts';
import { patterned, setOf, text } from '../../src/api/text.ts';

describe('the length of a string', () => {
  const name = text({ min: 2, max: 3 });

  test.for([
    ['a', false],
    ['ab', true],
    ['abc', true],
    ['abcd', false],
    ['\u{1f600}', false],
    ['\u{1f600}\u{1f600}\u{1f600}', true],
    ['\u{1f600}\u{1f600}\u{1f600}\u{1f600}', false],
    ['e\u0301e\u0301', false],
  ] as const)('%j: %s', ([value, accepted]) => {
    expect(name.safeParse(value).success).toBe(accepted);
  });

  test('is told to the API server, which counts the same way', () => {
    expect(structural(name)).toEqual({ type: 'string', minLength: 2, maxLength: 3 });
    expect(structural(text({ max: 3 }))).toEqual({ type: 'string', maxLength: 3 });
  });

  test('that is too great is the only issue: nothing looks at such a string', () => {
    const issues = patterned({ max: 3 }, /^a*$/, 'the letter a').safeParse('b'.repeat(4)).error?.issues;
    expect(issues?.map(({ message }) => message)).toEqual(['must have 0 to 3 characters']);
  });
});

test('a pattern completes a sentence', () => {
  const issues = patterned({ max: 3 }, /^a*$/, 'the letter a').safeParse('b').error?.issues;
  expect(issues?.map(({ message }) => message)).toEqual(['must be the letter a']);
});

describe('a set', () => {
  const letters = setOf(z.string(), 2);

  test.for([
    [[], true],
    [['a', 'b'], true],
    [['a', 'a'], false],
    [['a', 'b', 'c'], false],
    ['a', false],
  ] as const)('%j: %s', ([value, accepted]) => {
    expect(letters.safeParse(value).success).toBe(accepted);
  });

  test('is a set for the API server too', () => {
    expect(structural(letters)).toMatchObject({ type: 'array', maxItems: 2, 'x-kubernetes-list-type': 'set' });
  });
});
