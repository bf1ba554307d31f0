/**
 * What the parts of this folder did, under the names that controller-runtime and client-go gave it, so that dashboards and
 * alerts written for those work here.
 *
 * The parts do not know of it: each tells an observer, if it has one.
 *
 * @module
 */

import { collectDefaultMetrics, Registry } from 'prom-client';
import { type ClientMetrics, clientMetrics } from './client-metrics.ts';
import { type QueueMetrics, queueMetrics } from './queue-metrics.ts';
import { type ReflectorMetrics, reflectorMetrics } from './reflector-metrics.ts';
import { type WorkersMetrics, workersMetrics } from './workers-metrics.ts';

/** The metrics of one process; a part that is observed has all its series at once, from 0. */
export interface Metrics extends ClientMetrics, QueueMetrics, ReflectorMetrics, WorkersMetrics {
  /** For further metrics. */
  readonly registry: Registry;
}

/** What prom-client adds of a process and `promtool check metrics` refuses: gauges that are called totals. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Begins to count. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  return {
    registry,
    ...clientMetrics(registry),
    ...queueMetrics(registry),
    ...reflectorMetrics(registry),
    ...workersMetrics(registry),
  };
}
