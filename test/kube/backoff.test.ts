/** How long a key waits after each failure. */

import { expect, test } from 'vitest';
import { backoff } from '../../src/kube/backoff.ts';

const plan = { base: 1, max: 900, spread: [1, 1.2] } as const;

test.each([
  [0, 1],
  [1, 2],
  [4, 16],
  [9, 512],
  [10, 900],
  [5000, 900],
])('R1: after %i failures the wait is %i', (failures, wait) => {
  expect(backoff(plan, failures, () => 0)).toBe(wait);
});

test('R1: chance makes the wait up to a fifth longer, beyond the longest too', () => {
  expect(backoff(plan, 2, () => 0.5)).toBeCloseTo(4.4);
  expect(backoff(plan, 20, () => 1)).toBeCloseTo(1080);
});
