/** Starting and stopping in order. */

import { expect, test } from 'vitest';
import { Manager, SyncTimeoutError } from '../../src/kube/manager.ts';
import { ManualClock, settled } from './manual-clock.ts';

interface Given {
  readonly elects?: boolean;
  /** Whether running passes end within the time that they are given. */
  readonly drains?: boolean;
  readonly onElected?: () => Promise<void>;
}

function given({ elects = false, drains = true, onElected = async () => undefined }: Given = {}) {
  const clock = new ManualClock();
  const log: string[] = [];
  const synced = Promise.withResolvers<void>();
  const elected = Promise.withResolvers<void>();
  const lost = new AbortController();
  const start = (name: string) => ({ start: () => void log.push(`start ${name}`) });
  const elector = {
    ...start('elector'),
    elected: elected.promise,
    lost: lost.signal,
    stop: async ({ release }: { release: boolean }) => void log.push(release ? 'release' : 'stop elector'),
  };
  const election = {
    elector,
    onElected: async () => {
      log.push('open');
      await onElected();
    },
    onRelease: async () => void log.push('let go'),
  };
  const manager = new Manager({
    transport: { close: async () => void log.push('close') },
    reflectors: [{ ...start('reflector'), stop: async () => void log.push('stop reflector'), synced: synced.promise }],
    workers: [
      {
        ...start('workers'),
        stop: async (seconds) => {
          log.push(`stop workers within ${seconds} s`);
          return drains;
        },
      },
    ],
    election: elects ? election : undefined,
    clock,
  });
  return { manager, clock, log, synced, elected, lost };
}

/** One that leads and works. */
async function working(options: Given = {}) {
  const parts = given({ elects: true, ...options });
  parts.synced.resolve();
  parts.elected.resolve();
  await parts.manager.start();
  await parts.manager.work();
  parts.log.length = 0;
  return parts;
}

test('M1: workers start when the caches are filled, and stop before them', async () => {
  const { manager, clock, log, synced } = given();
  const started = manager.start();
  await clock.pass(10_000);
  synced.resolve();
  await started;
  expect(log).toEqual(['start reflector']);
  await manager.work();
  await manager.stop();
  expect(log.slice(1)).toEqual(['start workers', 'stop workers within 30 s', 'stop reflector', 'close']);
  expect(clock.alarms).toBe(0);
});

test('M1, E7: caches, election, what only a leader holds, workers', async () => {
  const { manager, log, synced, elected } = given({ elects: true });
  synced.resolve();
  await manager.start();
  const works = manager.work();
  await settled();
  expect(log).toEqual(['start reflector', 'start elector']);
  elected.resolve();
  await works;
  expect(log.slice(2)).toEqual(['open', 'start workers']);
});

test('M1, E6: the Lease is released after the last pass and before the watches end', async () => {
  const { manager, log } = await working();
  await manager.stop();
  expect(log).toEqual(['stop workers within 30 s', 'let go', 'release', 'stop reflector', 'close']);
});

test('E6: a Lease whose work did not end in time is not released', async () => {
  const { manager, log } = await working({ drains: false });
  await manager.stop();
  expect(log).toEqual(['stop workers within 30 s', 'let go', 'stop elector', 'stop reflector', 'close']);
});

test('E4: who lost the leadership ends what is on its way at once', async () => {
  const { manager, log, lost } = await working();
  lost.abort();
  await manager.stop();
  expect(log.slice(0, 2)).toEqual(['close', 'stop workers within 0 s']);
});

test('L8: caches that are not filled within two minutes are an error', async () => {
  const { manager, clock, log } = given();
  const started = expect(manager.start()).rejects.toThrow(SyncTimeoutError);
  await clock.pass(120_000);
  await started;
  expect(log).not.toContain('start workers');
});

test('a manager that is stopped while the caches fill stands for no election and starts no workers', async () => {
  const { manager, log } = given({ elects: true });
  const started = manager.start();
  await settled();
  await manager.stop();
  await started;
  await manager.work();
  expect(log.filter((line) => line.startsWith('start'))).toEqual(['start reflector']);
});

test('a standby that is stopped starts no workers', async () => {
  const { manager, log, synced } = given({ elects: true });
  synced.resolve();
  await manager.start();
  const works = manager.work();
  await manager.stop();
  await works;
  expect(log).not.toContain('open');
  expect(log).not.toContain('start workers');
});

test('what is being opened is let go of when it is open', async () => {
  const opened = Promise.withResolvers<void>();
  const { manager, log, synced, elected } = given({ elects: true, onElected: () => opened.promise });
  synced.resolve();
  elected.resolve();
  await manager.start();
  const works = manager.work();
  await settled();
  const stopped = manager.stop();
  await settled();
  expect(log).not.toContain('let go');
  opened.resolve();
  await Promise.all([works, stopped]);
  expect(log).toContain('let go');
  expect(log).not.toContain('start workers');
});

test('D6: who cannot open what a leader holds says why, and leaves the Lease to another', async () => {
  const onElected = () => Promise.reject(new Error('the store is held'));
  const { manager, log, synced, elected } = given({ elects: true, onElected });
  synced.resolve();
  elected.resolve();
  await manager.start();
  await expect(manager.work()).rejects.toThrow('the store is held');
  await manager.stop();
  expect(log).toContain('release');
  expect(log).not.toContain('start workers');
});
