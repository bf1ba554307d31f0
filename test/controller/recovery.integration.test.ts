/**
 * The end of an outage, for 2,000 applications in an account that may be called five times a second: on a clock that the test
 * moves, with the queues, workers and limiter of the controller.
 *
 * @module
 */

import { expect, onTestFinished, test } from 'vitest';
import { openWorkers } from '../../src/cli/workers.ts';
import { openController } from '../../src/controller/controller.ts';
import { openRegistries } from '../../src/controller/registries.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { Queue } from '../../src/kube/queue.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import { openLimiters } from '../../src/registry/ims/limiter.ts';
import { wrap } from '../../src/registry/registry.ts';
import { ManualClock } from '../kube/manual-clock.ts';
import { t0, writtenSpec } from '../support/builders.ts';
import { eventually } from '../support/eventually.ts';
import { memoryCluster } from '../support/memory-cluster.ts';
import { memoryRegistry } from '../support/memory-registry.ts';

const applications = 2_000;
const rate = { callsPerSecond: 5, burst: 10 };
/** Seconds. */
const hour = 3_600;
const interval = 120;

function started() {
  const time = new ManualClock();
  const monotonic = () => time.now();
  const clock = () => t0 + time.now();
  const limiter = openLimiters({
    monotonic,
    sleep: (milliseconds) => new Promise((wake) => time.after(milliseconds, () => wake())),
  })('1');
  const account = { consistencyWindow: 60_000 };
  const memory = memoryRegistry({ clock, account, listsClientSecrets: false });
  const state = { isDown: false, isLimited: false };
  const calls: number[] = [];
  const registry = wrap(memory.outside, async (operation, call) => {
    if (operation === 'account') return call();
    if (state.isLimited) await limiter.take(rate);
    calls.push(time.now());
    if (state.isDown) throw new RegistryError('unavailable', 'no answer', { operation });
    return call();
  });

  const cluster = memoryCluster({ clock });
  cluster.outside.putRegistry({ name: 'default', spec: { type: 'Store' } });
  const registries = openRegistries({ cluster, open: async () => registry, clock, monotonic });
  const log = { debug: () => {}, info: () => {}, error: (...line: unknown[]) => expect.fail(JSON.stringify(line)) };
  let ids = 0;
  const controller = openController({ cluster, registries, clock, monotonic, newID: () => `id-${++ids}` }, log);
  const random = () => 0.5;
  const queues = {
    applications: new Queue({ clock: time, random }),
    registries: new Queue({ clock: time, random }),
  };
  for (const workers of openWorkers(controller, queues, { concurrency: 16, clock: systemClock, random })) {
    workers.start();
    onTestFinished(async () => void (await workers.stop(0)));
  }
  queues.registries.add('default');
  const isReady = (key: string) =>
    cluster.outside.resource(key)?.status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  return { time, state, calls, cluster, queues, isReady };
}

test('after an hour without the registry all are Ready as soon as the rate allows', async () => {
  const { time, state, calls, cluster, queues, isReady } = started();
  const keys = Array.from({ length: applications }, (_, index) => `team-a/app-${index}`);
  const seconds = (count: number) => time.pass(count * 1_000);
  const waiting = () => keys.filter((key) => !isReady(key)).length;
  for (const key of keys) {
    cluster.outside.apply(key, writtenSpec({}));
    queues.applications.add(key);
  }
  await eventually(async () => {
    await seconds(1);
    return waiting() === 0;
  });

  // Every second one is edited meanwhile, so that there is something to do for it.
  state.isLimited = true;
  state.isDown = true;
  for (const [index, key] of keys.entries()) {
    if (index % 2 === 1) continue;
    cluster.outside.apply(key, writtenSpec({ displayName: 'Edited' }));
    queues.applications.add(key);
  }
  calls.length = 0;
  await seconds(hour);
  expect(calls.length / applications, 'calls for each in the hour').toBeLessThan(20);
  expect(waiting()).toBeGreaterThan(0);

  state.isDown = false;
  const end = time.now();
  calls.length = 0;
  while (waiting() > 0 && time.now() - end < hour * 1_000) await seconds(10);
  expect(waiting()).toBe(0);
  const took = (time.now() - end) / 1_000;
  const needed = calls.length / rate.callsPerSecond;
  expect(took).toBeLessThanOrEqual(interval + needed + 10);
  for (const [index, at] of calls.entries()) {
    const last = calls[index + rate.burst + 10 * rate.callsPerSecond] ?? Number.POSITIVE_INFINITY;
    expect(last - at, 'at most the burst and ten seconds of calls in ten seconds').toBeGreaterThanOrEqual(9_999);
  }
});
