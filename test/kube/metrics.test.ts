/**
 * What the parts tell their observers, as it is scraped. Names and labels are controller-runtime's and client-go's.
 *
 * @module
 */

import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { Cache } from '../../src/kube/cache.ts';
import { clientMetrics } from '../../src/kube/client-metrics.ts';
import { Queue } from '../../src/kube/queue.ts';
import { queueMetrics } from '../../src/kube/queue-metrics.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { reflectorMetrics } from '../../src/kube/reflector-metrics.ts';
import { type Outcome, Workers } from '../../src/kube/workers.ts';
import { workersMetrics } from '../../src/kube/workers-metrics.ts';
import { ManualClock } from './manual-clock.ts';
import { added, bookmark, complete, resource, unreachable } from './scripted-reflector.ts';
import { scriptedTransport } from './scripted-transport.ts';

/** The lines of a scrape that begin so, without what they begin with. */
async function scraped(registry: Registry, beginning: string): Promise<readonly string[]> {
  const lines = (await registry.metrics()).split('\n');
  return lines.filter((line) => line.startsWith(beginning)).map((line) => line.slice(beginning.length));
}

const random = () => 0;

function observedQueue() {
  const clock = new ManualClock();
  const registry = new Registry();
  const queue = new Queue({ clock, random });
  queueMetrics(registry).observeQueue('thing', queue);
  const value = async (metric: string, labels = '') => {
    const found = await scraped(registry, `${metric}{name="thing",controller="thing"${labels}} `);
    return found.map(Number);
  };
  return { clock, queue, value, registry };
}

test('metrics: a queue that was never used counts from 0', async () => {
  const { value } = observedQueue();
  const zero = [
    'workqueue_adds_total',
    'workqueue_retries_total',
    'workqueue_queue_duration_seconds_count',
    'workqueue_work_duration_seconds_count',
    'workqueue_unfinished_work_seconds',
    'workqueue_longest_running_processor_seconds',
  ];
  for (const metric of zero) expect([metric, await value(metric)]).toEqual([metric, [0]]);
  for (const priority of ['0', '-100']) expect(await value('workqueue_depth', `,priority="${priority}"`)).toEqual([0]);
});

test('metrics: a queue tells what waits, by priority, and for how long', async () => {
  const { clock, queue, value } = observedQueue();
  queue.add('a');
  queue.add('a');
  queue.add('b', { priority: -100 });
  queue.add('c', { afterSeconds: 5 });
  expect(await value('workqueue_adds_total')).toEqual([2]);
  expect(await value('workqueue_retries_total')).toEqual([1]);
  expect(await value('workqueue_depth', ',priority="0"')).toEqual([1]);
  expect(await value('workqueue_depth', ',priority="-100"')).toEqual([1]);

  await clock.pass(3000);
  expect(await queue.take()).toBe('a');
  expect(await value('workqueue_queue_duration_seconds_sum')).toEqual([3]);
  await queue.take();
  await clock.pass(4000);
  expect(await value('workqueue_adds_total')).toEqual([3]);
  expect(await value('workqueue_unfinished_work_seconds')).toEqual([8]);
  expect(await value('workqueue_longest_running_processor_seconds')).toEqual([4]);

  queue.done('a');
  expect(await value('workqueue_work_duration_seconds_sum')).toEqual([4]);
  expect(await value('workqueue_unfinished_work_seconds')).toEqual([4]);
});

test('metrics: a key that is added in the midst of its pass, or comes to a higher priority, is due once', async () => {
  const { queue, value } = observedQueue();
  queue.add('a');
  queue.add('a', { priority: 100 });
  await queue.take();
  queue.add('a');
  queue.done('a');
  expect(await value('workqueue_adds_total')).toEqual([2]);
});

/** Workers that make of each key what the table says. */
function observedWorkers(outcomes: Readonly<Record<string, Outcome | (() => never)>>) {
  const clock = new ManualClock();
  const registry = new Registry();
  const queue = new Queue({ clock, random });
  const handler = async (key: string) => {
    const outcome = outcomes[key] ?? { kind: 'done' };
    return typeof outcome === 'function' ? outcome() : outcome;
  };
  const workers = new Workers({ queue, handler, clock, random, concurrency: 3, onError: () => undefined });
  workersMetrics(registry).observeWorkers('thing', workers);
  const value = async (metric: string) => (await scraped(registry, `controller_runtime_${metric} `)).map(Number);
  return { clock, queue, workers, value };
}

const refused = () => {
  throw new Error('no answer');
};
const broken = () => {
  throw new TypeError('undefined is not a function');
};

test.each<[string, Outcome | (() => never), string, errors: number, panics: number]>([
  ['done', { kind: 'done' }, 'success', 0, 0],
  ['again', { kind: 'again', afterSeconds: 60 }, 'requeue_after', 0, 0],
  ['conflict', { kind: 'conflict' }, 'requeue', 0, 0],
  ['retry', { kind: 'retry', afterSeconds: 60 }, 'error', 1, 0],
  ['terminal', { kind: 'terminal' }, 'error', 1, 0],
  ['what it throws', refused, 'error', 1, 0],
  ['a fault of the program', broken, 'error', 1, 1],
])('metrics: a pass that ends in %s', async (name, outcome, result, errors, panics) => {
  const { clock, queue, workers, value } = observedWorkers({ first: outcome });
  expect(await value(`reconcile_total{controller="thing",result="${result}"}`)).toEqual([0]);
  workers.start();
  queue.add('first');
  await clock.pass(0);
  const [count = 0] = await value(`reconcile_total{controller="thing",result="${result}"}`);
  expect(count).toBeGreaterThan(0);
  expect(await value('reconcile_errors_total{controller="thing"}')).toEqual([errors]);
  expect(await value('terminal_reconcile_errors_total{controller="thing"}')).toEqual([name === 'terminal' ? 1 : 0]);
  expect(await value('reconcile_panics_total{controller="thing"}')).toEqual([panics]);
  expect(await value('active_workers{controller="thing"}')).toEqual([0]);
  expect(await value('max_concurrent_reconciles{controller="thing"}')).toEqual([3]);
  await workers.stop(0);
});

test('metrics: a pass that comes to its deadline is counted, and how long it took', async () => {
  const clock = new ManualClock();
  const registry = new Registry();
  const queue = new Queue({ clock, random });
  const handler = (_key: string, signal: AbortSignal) =>
    new Promise<Outcome>((resolve) => signal.addEventListener('abort', () => resolve({ kind: 'done' })));
  const workers = new Workers({ queue, handler, clock, random, deadlineSeconds: 7, onError: () => undefined });
  workersMetrics(registry).observeWorkers('thing', workers);
  workers.start();
  queue.add('slow');
  await clock.pass(1000);
  expect(await scraped(registry, 'controller_runtime_active_workers{controller="thing"}')).toEqual([' 1']);
  await clock.pass(6000);
  expect(await scraped(registry, 'controller_runtime_reconcile_timeouts_total{controller="thing"}')).toEqual([' 1']);
  expect(await scraped(registry, 'controller_runtime_reconcile_time_seconds_sum{controller="thing"}')).toEqual([' 7']);
  await workers.stop(0);
});

test('metrics: a reflector counts what it did and was told, and how old that is', async () => {
  const { transport } = scriptedTransport([
    [added('a', 1), complete(1), added('b', 2), bookmark(3), unreachable],
    [added('c', 4), 'silence'],
  ]);
  const clock = new ManualClock();
  const registry = new Registry();
  const onError = () => undefined;
  const cache = new Cache({ onError });
  const reflector = new Reflector({ transport, resource, cache, clock, random, onError });
  const metrics = reflectorMetrics(registry);
  metrics.observeReflector(reflector, clock);
  metrics.observeCache(reflector.kind, cache);
  const value = (metric: string) => scraped(registry, `${metric}{kind="things"} `);
  expect(await value('reflector_lists_total')).toEqual(['0']);
  reflector.start();
  await clock.pass(5000);
  expect(await value('reflector_lists_total')).toEqual(['1']);
  expect(await value('reflector_watches_total')).toEqual(['2']);
  expect(await value('reflector_events_total')).toEqual(['2']);
  expect(await value('reflector_bookmarks_total')).toEqual(['1']);
  expect(await value('reflector_errors_total')).toEqual(['1']);
  expect(await value('store_objects')).toEqual(['3']);
  const [age] = (await value('reflector_last_event_age_seconds')).map(Number);
  expect(age).toBeGreaterThan(4);
  await reflector.stop();
});

test('metrics: requests by status, method and host; what there was no answer to as client-go has it', async () => {
  const registry = new Registry();
  const onSent = clientMetrics(registry).sentTo('10.0.0.1:443');
  for (const status of [200, 200, undefined]) onSent('GET', status);
  onSent('PATCH', 409);
  expect(await scraped(registry, 'rest_client_requests_total')).toEqual([
    '{code="200",method="GET",host="10.0.0.1:443"} 2',
    '{code="<error>",method="GET",host="10.0.0.1:443"} 1',
    '{code="409",method="PATCH",host="10.0.0.1:443"} 1',
  ]);
});

test('metrics: who leads, and how often the Lease was not as it was known', async () => {
  const registry = new Registry();
  let slowPath: () => void = () => undefined;
  const elector = { isLeading: false, observe: (told: () => void) => void (slowPath = told) };
  clientMetrics(registry).observeElector('ramify-controller', elector);
  const scrape = () => scraped(registry, 'leader_election_');
  expect(await scrape()).toEqual([
    'master_status{name="ramify-controller"} 0',
    'slowpath_total{name="ramify-controller"} 0',
  ]);
  elector.isLeading = true;
  slowPath();
  expect(await scrape()).toEqual([
    'master_status{name="ramify-controller"} 1',
    'slowpath_total{name="ramify-controller"} 1',
  ]);
});
