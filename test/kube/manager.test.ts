/** Starting and stopping in order. */

import { expect, test } from 'vitest';
import { Manager, SyncTimeoutError } from '../../src/kube/manager.ts';
import { ManualClock, settled } from './manual-clock.ts';

function given() {
  const clock = new ManualClock();
  const log: string[] = [];
  const synced = Promise.withResolvers<void>();
  const part = (name: string) => ({
    start: () => void log.push(`start ${name}`),
    stop: async () => void log.push(`stop ${name}`),
  });
  const manager = new Manager({
    transport: { close: async () => void log.push('close') },
    reflectors: [{ ...part('reflector'), synced: synced.promise }],
    workers: [part('workers')],
    clock,
  });
  return { manager, clock, log, synced };
}

test('M1: workers start when the caches are filled, and stop before them', async () => {
  const { manager, clock, log, synced } = given();
  const started = manager.start();
  await clock.pass(10_000);
  expect(log).toEqual(['start reflector']);
  synced.resolve();
  await started;
  await manager.stop();
  expect(log).toEqual(['start reflector', 'start workers', 'stop workers', 'stop reflector', 'close']);
  expect(clock.alarms).toBe(0);
});

test('L8: caches that are not filled within two minutes are an error', async () => {
  const { manager, clock, log } = given();
  const started = expect(manager.start()).rejects.toThrow(SyncTimeoutError);
  await clock.pass(120_000);
  await started;
  expect(log).not.toContain('start workers');
});

test('a manager that is stopped while the caches fill starts no workers', async () => {
  const { manager, log } = given();
  const started = manager.start();
  await settled();
  await manager.stop();
  await started;
  expect(log).toEqual(['start reflector', 'stop workers', 'stop reflector', 'close']);
});
