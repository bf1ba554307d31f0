/**
 * `workqueue_*`: what waits and what is worked on, as client-go counts it.
 *
 * @module
 */

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { priorities, type Queue } from './queue.ts';

export interface QueueMetrics {
  /** `name`: of the controller whose keys these are, in lower case. */
  observeQueue(name: string, queue: Pick<Queue, 'observe' | 'depths' | 'running'>): void;
}

/** Seconds: those of client-go. */
const buckets = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000];

type Observed = Pick<Queue, 'depths' | 'running'>;

export function queueMetrics(registry: Registry): QueueMetrics {
  const queues = new Map<string, Observed>();
  openGauges(registry, queues);
  const common = { labelNames: ['name', 'controller'] as const, registers: [registry] };
  const adds = new Counter({ ...common, name: 'workqueue_adds_total', help: 'Keys that became due.' });
  const retries = new Counter({
    ...common,
    name: 'workqueue_retries_total',
    help: 'Keys that were added for later: after a failure, or for the next look.',
  });
  const waits = new Histogram({
    ...common,
    buckets,
    name: 'workqueue_queue_duration_seconds',
    help: 'For how long a key that was due waited to be worked on.',
  });
  const works = new Histogram({
    ...common,
    buckets,
    name: 'workqueue_work_duration_seconds',
    help: 'For how long a key was worked on.',
  });
  return {
    observeQueue: (name, queue) => {
      const labels = { name, controller: name };
      queues.set(name, queue);
      for (const counter of [adds, retries]) counter.inc(labels, 0);
      for (const histogram of [waits, works]) histogram.zero(labels);
      queue.observe({
        due: () => adds.inc(labels),
        delayed: () => retries.inc(labels),
        taken: (waited) => waits.observe(labels, waited / 1000),
        done: (worked) => works.observe(labels, worked / 1000),
      });
    },
  };
}

/** What is asked of the queues when it is scraped. */
function openGauges(registry: Registry, queues: ReadonlyMap<string, Observed>): void {
  const registers = [registry];
  void new Gauge({
    name: 'workqueue_depth',
    help: 'Keys that are due and wait, by priority.',
    labelNames: ['name', 'controller', 'priority'],
    registers,
    collect() {
      this.reset();
      for (const [name, { depths }] of queues)
        for (const priority of new Set([...Object.values(priorities), ...depths.keys()]))
          this.set({ name, controller: name, priority: `${priority}` }, depths.get(priority) ?? 0);
    },
  });
  const ofRunning = (name: string, help: string, combine: (seconds: readonly number[]) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['name', 'controller'],
      registers,
      collect() {
        for (const [queue, { running }] of queues)
          this.set({ name: queue, controller: queue }, combine(running) / 1000);
      },
    });
  ofRunning('workqueue_unfinished_work_seconds', 'For how long all keys in work have been, added up.', (all) =>
    all.reduce((sum, each) => sum + each, 0),
  );
  ofRunning('workqueue_longest_running_processor_seconds', 'For how long the oldest key in work has been.', (all) =>
    Math.max(0, ...all),
  );
}
