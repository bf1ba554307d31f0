/** M2: how late the process is. */

import { expect, test } from 'vitest';
import { startHeartbeat } from '../../src/kube/heartbeat.ts';
import { ManualClock } from './manual-clock.ts';

/** A clock whose callbacks may come late, as when the event loop is held up. */
class HeldClock extends ManualClock {
  held = 0;

  override now(): number {
    return super.now() + this.held;
  }
}

test('M2: a process that gets its time is not late', async () => {
  const clock = new ManualClock();
  const heartbeat = startHeartbeat(clock);
  await clock.pass(10_500);
  expect(heartbeat.lag).toBe(0);
});

test('M2: while it is held up it is later and later, and until the next beat on time', async () => {
  const clock = new HeldClock();
  const heartbeat = startHeartbeat(clock);
  await clock.pass(500);
  clock.held = 6_500;
  expect(heartbeat.lag).toBe(6_000);
  await clock.pass(500);
  expect(heartbeat.lag).toBe(6_500);
  await clock.pass(1_000);
  expect(heartbeat.lag).toBe(0);
});

test('M2: it beats no more once it is stopped', () => {
  const clock = new ManualClock();
  startHeartbeat(clock).stop();
  expect(clock.alarms).toBe(0);
});
