/**
 * Durations: one reading, in seconds.
 *
 * @module
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duration, durationSeconds } from '../../src/api/duration.ts';

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
    expect(duration().safeParse(text).success).toBe(false);
  },
);

test('whatever is accepted is the sum of its parts', () => {
  const part = fc.option(fc.nat(9999), { nil: undefined });
  fc.assert(
    fc.property(part, part, part, (hours, minutes, seconds) => {
      const written = Object.entries({ h: hours, m: minutes, s: seconds }).filter(([, count]) => count !== undefined);
      fc.pre(written.length > 0);
      const text = written.map(([unit, count]) => `${count}${unit}`).join('');
      expect(duration().parse(text)).toBe(text);
      expect(durationSeconds(text)).toBe((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0));
    }),
  );
});
