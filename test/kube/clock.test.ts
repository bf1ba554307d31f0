/** The clock of the process, and sleeping by it. */

import { expect, test } from 'vitest';
import { sleep, systemClock } from '../../src/kube/clock.ts';
import { ManualClock, settled } from './manual-clock.ts';

test('sleep ends in time, or with the signal, and leaves nothing behind', async () => {
  const clock = new ManualClock();
  const woken: string[] = [];
  const caller = new AbortController();
  void sleep(clock, 5000, caller.signal).then(() => woken.push('short'));
  void sleep(clock, 9000, caller.signal).then(() => woken.push('long'));
  await clock.pass(5000);
  expect(woken).toEqual(['short']);
  caller.abort();
  await settled();
  expect(woken).toEqual(['short', 'long']);
  await sleep(clock, 1000, caller.signal);
  expect(clock.alarms).toBe(0);
});

test('the longest delay does not fire at once, and can be called off', async () => {
  let rung = false;
  const cancel = systemClock.after(Number.MAX_SAFE_INTEGER, () => {
    rung = true;
  });
  const before = systemClock.now();
  await new Promise<void>((resolve) => systemClock.after(5, resolve));
  cancel();
  expect(rung).toBe(false);
  expect(systemClock.now()).toBeGreaterThan(before);
});
