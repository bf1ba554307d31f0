/**
 * Waiting: what ends it, and what it says when it ends in vain.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { eventually } from './eventually.ts';

/** Answers one after the other, the last for ever. */
function answers(...list: readonly (() => unknown)[]) {
  let calls = 0;
  return () => list[Math.min(calls++, list.length - 1)]?.();
}

const fail = (message: string) => () => {
  throw new Error(message);
};

it.each([
  ['at once', answers(() => 1), 1],
  [
    'after undefined and false',
    answers(
      () => undefined,
      () => false,
      () => 'there',
    ),
    'there',
  ],
  [
    'after errors',
    answers(
      fail('not yet'),
      () => Promise.reject(new Error('nor now')),
      () => true,
    ),
    true,
  ],
  ['with what is falsy but an answer', answers(() => 0), 0],
])('returns %s what the check returned', async (_, check, expected) => {
  expect(await eventually(check)).toBe(expected);
});

it('throws at the deadline what the check last threw', async () => {
  await expect(eventually(answers(fail('first'), fail('last')), 40)).rejects.toThrow('last');
});

it('throws at the deadline what the check last returned', async () => {
  await expect(
    eventually(
      answers(fail('first'), () => false),
      40,
    ),
  ).rejects.toThrow('still false at the deadline');
});

it('calls the check once even where there is no time at all', async () => {
  expect(await eventually(() => 'quick', 0)).toBe('quick');
});
