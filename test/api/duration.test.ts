/**
 * Durations: one reading, in seconds.
 *
 * @module
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duration, durationSeconds } from '../../src/api/duration.ts';

const any = duration({ least: '0s', most: '99999h' });

test.for([
  ['720h', 2_592_000],
  ['1h30m', 5400],
  ['3600s', 3600],
  ['1h0m1s', 3601],
  ['1h1s', 3601],
  ['0s', 0],
] as const)('%s are %d seconds', ([text, seconds]) => {
  expect(durationSeconds(text)).toBe(seconds);
});

test.for(['', '1', 'h', '1d', '1.5h', '-1h', '+1h', '1h ', '1m1h', '1h1h', '100000h', '1h\n', '1ns'])(
  '%j is no duration',
  (text) => {
    expect(any.safeParse(text).success).toBe(false);
  },
);

test.for([
  ['59m', false],
  ['1h', true],
  ['60m', true],
  ['2h', true],
  ['2h1s', false],
] as const)('%s between 1h and 2h: %s', ([text, within]) => {
  expect(duration({ least: '1h', most: '2h' }).safeParse(text).success).toBe(within);
});

test('a malformed duration is told that it is malformed, not that it is too short', () => {
  const issues = duration({ least: '1h', most: '2h' }).safeParse('1d').error?.issues;
  expect(issues?.map(({ message }) => message)).toEqual([expect.stringContaining('whole hours')]);
});

test('whatever is accepted is the sum of its parts', () => {
  const part = fc.option(fc.nat(9999), { nil: undefined });
  fc.assert(
    fc.property(part, part, part, (hours, minutes, seconds) => {
      const written = Object.entries({ h: hours, m: minutes, s: seconds }).filter(([, count]) => count !== undefined);
      fc.pre(written.length > 0);
      const text = written.map(([unit, count]) => `${count}${unit}`).join('');
      expect(any.parse(text)).toBe(text);
      expect(durationSeconds(text)).toBe((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0));
    }),
  );
});
