/** Deadlines: when a call's signal is aborted, and what is left of it. */

import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { withDeadline } from '../../src/kube/deadline.ts';
import { ManualClock } from './manual-clock.ts';

/** Fails with the signal's reason once that is aborted. */
function heeding(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

function given() {
  const clock = new ManualClock();
  const caller = new AbortController();
  const left = () => clock.alarms + getEventListeners(caller.signal, 'abort').length;
  return { clock, caller, left };
}

test('work in time: its value, or its error', async () => {
  const { clock, caller, left } = given();
  expect(await withDeadline(clock, 1000, caller.signal, async ({ aborted }) => aborted)).toBe(false);
  const failure = new Error('for a reason of its own');
  await expect(withDeadline(clock, 1000, caller.signal, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(left()).toBe(0);
});

test.each([true, false])(
  'at the deadline, not before, with a TimeoutError (a caller who may give up: %s)',
  async (has) => {
    const { clock, caller, left } = given();
    let isOver = false;
    const call = withDeadline(clock, 1000, has ? caller.signal : undefined, heeding).finally(() => {
      isOver = true;
    });
    const failed = expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
    await clock.pass(999);
    expect(isOver).toBe(false);
    await clock.pass(1);
    await failed;
    expect(left()).toBe(0);
  },
);

test('as soon as the caller gives up, with the reason given', async () => {
  const { clock, caller, left } = given();
  const reason = new Error('enough');
  const call = expect(withDeadline(clock, 1000, caller.signal, heeding)).rejects.toBe(reason);
  caller.abort(reason);
  await call;
  await expect(withDeadline(clock, 1000, caller.signal, heeding)).rejects.toBe(reason);
  expect(left()).toBe(0);
});
