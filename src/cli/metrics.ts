/**
 * The metrics of the controller: those of its runtime, and ramify's own.
 *
 * @module
 */

import { Counter, Gauge, Histogram, type Registry as MetricRegistry } from 'prom-client';
import { isReason, reasons } from '../api/conditions.ts';
import * as kinds from '../cluster/kinds.ts';
import type { Caches } from '../cluster/kubernetes.ts';
import { failureCodes } from '../core/failure.ts';
import type { Cache } from '../kube/cache.ts';
import { systemClock } from '../kube/clock.ts';
import { exposition } from '../kube/exposition.ts';
import { type Metrics, openMetrics } from '../kube/metrics.ts';
import type { Reflector } from '../kube/reflector.ts';
import type { Registry } from '../registry/registry.ts';
import { version } from '../version.ts';
import { type Call, metered } from './metered.ts';
import { readyReasonOf, resourceGauges } from './resource-gauges.ts';

export interface ControllerMetrics extends Metrics {
  /** The registry of that OAuthRegistry, whose calls are counted and timed from now on. */
  metered(registry: Registry, name: string): Registry;
  /** Counts what is in the caches and how they are kept, and tells of each resource in them. */
  observeCaches(caches: Caches, reflectors: readonly Pick<Reflector, 'kind' | 'observe'>[]): void;
  /** All of it as it is now, in Prometheus's text format (0.0.4), piece by piece. */
  text(): AsyncGenerator<string>;
}

/** Begins to count. `clock`: milliseconds since the epoch. */
export function openControllerMetrics(clock: () => number): ControllerMetrics {
  const metrics = openMetrics();
  const { registry } = metrics;
  tellVersion(registry);
  const calls = registryCalls(registry);
  let caches: Caches | undefined;
  return {
    ...metrics,
    metered: (port, name) => {
      const counted = metered(port, systemClock.now, (call) => calls.count(name, call));
      calls.begin(name, Object.keys(counted));
      return counted;
    },
    observeCaches: (observed, reflectors) => {
      caches = observed;
      countReasons(registry, observed.applications);
      for (const reflector of reflectors) metrics.observeReflector(reflector, systemClock);
      for (const [kind, cache] of kindsOf(observed)) metrics.observeCache(kind, cache);
      observed.registries.onChange(({ key, object }) => {
        if (object === undefined) calls.forget(key);
      });
    },
    async *text() {
      yield await registry.metrics();
      if (caches !== undefined) yield* exposition(resourceGauges(caches, clock));
    },
  };
}

function tellVersion(registry: MetricRegistry): void {
  const labelNames = ['version'] as const;
  const build = new Gauge({ name: 'ramify_build_info', help: 'The version.', labelNames, registers: [registry] });
  build.set({ version }, 1);
}

/** Counts what becomes of calls to registries. */
function registryCalls(registry: MetricRegistry) {
  const registers = [registry];
  const requests = new Counter({
    name: 'ramify_registry_requests_total',
    help: 'Calls to the registry of an OAuthRegistry, by operation and code: ok, or why it failed.',
    labelNames: ['registry', 'operation', 'code'],
    registers,
  });
  const durations = new Histogram({
    name: 'ramify_registry_request_duration_seconds',
    help: 'How long a call to a registry took.',
    labelNames: ['registry', 'operation'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const operations = new Map<string, readonly string[]>();
  return {
    begin: (name: string, its: readonly string[]) => {
      if (operations.has(name)) return;
      operations.set(name, its);
      for (const operation of its) {
        for (const code of ['ok', ...failureCodes]) requests.inc({ registry: name, operation, code }, 0);
        durations.zero({ registry: name, operation });
      }
    },
    count: (name: string, { operation, code, milliseconds }: Call) => {
      requests.inc({ registry: name, operation, code });
      durations.observe({ registry: name, operation }, milliseconds / 1000);
    },
    /** Its series go with it. */
    forget: (name: string) => {
      for (const operation of operations.get(name) ?? []) {
        for (const code of ['ok', 'bug', ...failureCodes]) requests.remove({ registry: name, operation, code });
        durations.remove({ registry: name, operation });
      }
      operations.delete(name);
    },
  };
}

function countReasons(registry: MetricRegistry, applications: Caches['applications']): void {
  void new Gauge({
    name: 'ramify_oauthapplications',
    help: 'How many OAuthApplications bear each reason in their condition Ready.',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      const counts = new Map<string, number>(reasons.map((reason) => [reason, 0]));
      for (const object of applications.list()) {
        const reason = readyReasonOf(object) ?? '';
        if (isReason(reason)) counts.set(reason, (counts.get(reason) ?? 0) + 1);
      }
      for (const [reason, count] of counts) this.set({ reason }, count);
    },
  });
}

function kindsOf({
  applications,
  registries,
  namespaces,
  secrets,
}: Caches): readonly (readonly [string, Pick<Cache, 'size'>])[] {
  return [
    [kinds.applications.plural, applications],
    [kinds.registries.plural, registries],
    [kinds.namespaces.plural, namespaces],
    [kinds.secrets.plural, secrets],
  ];
}
