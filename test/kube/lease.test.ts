/** What is written into a Lease, as client-go has it. */

import { expect, test } from 'vitest';
import { claimed, defaultLeaseTimes, isPossible, released } from '../../src/kube/lease.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const time = '2026-01-02T03:04:05.678000Z';
const old = { leaseDurationSeconds: 15, acquireTime: 'then', renewTime: 'lately' };
const ours = { holderIdentity: 'me', leaseDurationSeconds: 15, renewTime: time };

test.each([
  ['a new Lease', undefined, { acquireTime: time, leaseTransitions: 0 }],
  [
    'one of another',
    { ...old, holderIdentity: 'you', leaseTransitions: 4 },
    { acquireTime: time, leaseTransitions: 5 },
  ],
  ['one given up', { ...old, holderIdentity: '', leaseTransitions: 4 }, { acquireTime: time, leaseTransitions: 5 }],
  ['our own', { ...old, holderIdentity: 'me', leaseTransitions: 4 }, { acquireTime: 'then', leaseTransitions: 4 }],
  ['an empty one', {}, { acquireTime: time, leaseTransitions: 1 }],
])('E1: %s is claimed', (_, before, changes) => {
  expect(claimed(before, 'me', 15, now)).toEqual({ ...ours, ...changes });
});

test('E6: a Lease is given up', () => {
  expect(released({ ...old, holderIdentity: 'me', leaseTransitions: 4 }, now)).toEqual({
    holderIdentity: '',
    leaseDurationSeconds: 1,
    acquireTime: time,
    renewTime: time,
    leaseTransitions: 4,
  });
});

test.each([
  [defaultLeaseTimes, true],
  [{ leaseDuration: 10, renewDeadline: 10, retryPeriod: 2 }, false],
  [{ leaseDuration: 60, renewDeadline: 12, retryPeriod: 10 }, false],
  [{ leaseDuration: 60, renewDeadline: 13, retryPeriod: 10 }, true],
  [{ leaseDuration: 15, renewDeadline: 10, retryPeriod: 0 }, false],
])('E1: whether %o are possible: %s', (times, expected) => {
  expect(isPossible(times)).toBe(expected);
});
