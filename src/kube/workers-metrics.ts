/**
 * `controller_runtime_*`: passes and what they came to, as controller-runtime counts them.
 *
 * @module
 */

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Outcome, Workers } from './workers.ts';

export interface WorkersMetrics {
  /** `controller`: its name, in lower case. */
  observeWorkers(controller: string, workers: Pick<Workers, 'observe' | 'concurrency'>): void;
}

/** Seconds: those of controller-runtime. */
const buckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

/** What controller-runtime calls each outcome. */
const results = {
  done: 'success',
  again: 'requeue_after',
  conflict: 'requeue',
  retry: 'error',
  terminal: 'error',
} as const satisfies Record<Outcome['kind'], string>;

export function workersMetrics(registry: Registry): WorkersMetrics {
  const common = { labelNames: ['controller'] as const, registers: [registry] };
  const counter = (what: string, help: string) => new Counter({ ...common, name: `controller_runtime_${what}`, help });
  const gauge = (what: string, help: string) => new Gauge({ ...common, name: `controller_runtime_${what}`, help });
  const passes = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Passes by result: success, requeue_after (looked at again later), requeue (at once), error (with backoff, or until something changes).',
    labelNames: ['controller', 'result'],
    registers: [registry],
  });
  const errors = counter('reconcile_errors_total', 'Passes that failed.');
  const terminal = counter(
    'terminal_reconcile_errors_total',
    'Of them those that are not tried again until something changes.',
  );
  const panics = counter('reconcile_panics_total', 'Passes that ended by a fault of the program.');
  const timeouts = counter('reconcile_timeouts_total', 'Passes that came to their deadline.');
  const most = gauge('max_concurrent_reconciles', 'How many passes run at once, at most.');
  const active = gauge('active_workers', 'How many passes run.');
  const times = new Histogram({
    ...common,
    buckets,
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'How long a pass took.',
  });
  return {
    observeWorkers: (controller, workers) => {
      const labels = { controller };
      for (const each of [errors, terminal, panics, timeouts, active]) each.inc(labels, 0);
      for (const result of Object.values(results)) passes.inc({ controller, result }, 0);
      times.zero(labels);
      most.set(labels, workers.concurrency);
      workers.observe({
        began: () => active.inc(labels),
        ended: (kind, milliseconds) => {
          active.dec(labels);
          passes.inc({ controller, result: results[kind] });
          if (results[kind] === 'error') errors.inc(labels);
          if (kind === 'terminal') terminal.inc(labels);
          times.observe(labels, milliseconds / 1000);
        },
        panicked: () => panics.inc(labels),
        timedOut: () => timeouts.inc(labels),
      });
    },
  };
}
