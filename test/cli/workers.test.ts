/**
 * What follows a pass, by the clock of the queue.
 *
 * @module
 */

import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openWorkers } from '../../src/cli/workers.ts';
import { ClusterError } from '../../src/cluster/cluster.ts';
import type { After, Controller } from '../../src/controller/controller.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { ApiError } from '../../src/kube/error.ts';
import { Queue } from '../../src/kube/queue.ts';
import { ManualClock, settled } from '../kube/manual-clock.ts';

/** Workers over one application whose first pass ends so; what follows is read off the queue's clock. */
async function after(pass: () => Promise<After>, users: readonly string[] = []) {
  const clock = new ManualClock();
  const queues = {
    applications: new Queue({ clock, random: () => 0.5 }),
    registries: new Queue({ clock, random: () => 0.5 }),
  };
  const application = vi
    .fn<Controller['application']>()
    .mockImplementationOnce(pass)
    .mockResolvedValue({ kind: 'rest' });
  const registry = vi.fn<Controller['registry']>().mockImplementation(async (_name, wake) => {
    wake(users);
    return { kind: 'rest' };
  });
  const options = { concurrency: 1, clock: systemClock, random: () => 0.5 };
  const workers = openWorkers({ application, registry, relabelled: () => [] }, queues, options);
  for (const each of workers) each.start();
  onTestFinished(async () => void (await Promise.all(workers.map((each) => each.stop(0)))));
  queues.applications.add('team-a/shop');
  await settled();
  return { application, registry, workers, queues, seconds: clock.untilNext / 1000, clock };
}

function busy(status: number, reason: string, retryAfterSeconds?: number): ClusterError {
  const cause = new ApiError('the server is busy', { status, reason, retryAfterSeconds });
  return new ClusterError('failed', cause.message, { retryAfterSeconds, cause });
}

describe('after a pass', () => {
  test.each<[string, After, number, number]>([
    ['that is to be looked after again, that many seconds later', { kind: 'after', seconds: 60 }, 60, 1],
    ['that failed, with backoff', { kind: 'backoff' }, 1.1, 1],
    ['that is at rest, nothing', { kind: 'rest' }, Number.POSITIVE_INFINITY, 1],
    ['R3: that failed for good, nothing', { kind: 'terminal' }, Number.POSITIVE_INFINITY, 1],
    ['that met another write, at once', { kind: 'conflict' }, Number.POSITIVE_INFINITY, 2],
  ])('%s', async (_what, end, seconds, passes) => {
    const outcome = await after(async () => end);
    expect(outcome.seconds).toBeCloseTo(seconds);
    expect(outcome.application).toHaveBeenCalledTimes(passes);
  });

  test.each<[string, Error, number]>([
    ['when the server says', busy(429, 'TooManyRequests', 7), 7],
    ['with backoff where it does not', busy(500, 'InternalError'), 1.1],
    ['with backoff after a fault of ours', new TypeError('x is undefined'), 1.1],
    ['with backoff where there is no answer behind it', new ClusterError('failed', 'm'), 1.1],
  ])('that threw: %s', async (_when, error, seconds) => {
    const outcome = await after(() => Promise.reject(error));
    expect(outcome.seconds).toBeCloseTo(seconds);
  });
});

test('R7: a pass is told when it is waited for no longer', async () => {
  const { application, workers } = await after(() => new Promise(() => undefined));
  const signal = application.mock.calls[0]?.[1];
  expect(signal?.aborted).toBe(false);
  await Promise.all(workers.map((each) => each.stop(0)));
  expect(signal?.aborted).toBe(true);
});

test('a registry that changed wakes its applications', async () => {
  const users = ['team-a/one', 'team-a/two'];
  const { application, queues } = await after(async () => ({ kind: 'rest' }), users);
  queues.registries.add('default');
  await settled();
  expect(application.mock.calls.map(([key]) => key)).toEqual(['team-a/shop', ...users]);
});

test('many are woken part by part, so that others can work in between', async () => {
  const users = Array.from({ length: 1100 }, (_, n) => `team-a/app-${n}`);
  const { queues } = await after(async () => ({ kind: 'rest' }), users);
  let added = 0;
  queues.applications.observe({ due: () => (added += 1), delayed: nothing, taken: nothing, done: nothing });
  queues.registries.add('default');
  const parts: number[] = [];
  for (; added < users.length; parts.push(added)) await settled();
  expect(parts).toEqual([500, 1000, 1100]);
});

function nothing(): void {}
