/**
 * `reflector_*` and `store_objects`: how each cache is kept, and how large it is.
 *
 * @module
 */

import { Counter, Gauge, type Registry } from 'prom-client';
import type { Cache } from './cache.ts';
import type { Clock } from './clock.ts';
import type { Reflector, ReflectorStep } from './reflector.ts';

export interface ReflectorMetrics {
  /** By the clock: how long it has heard nothing. */
  observeReflector(reflector: Pick<Reflector, 'kind' | 'observe'>, clock: Clock): void;
  observeCache(kind: string, cache: Pick<Cache, 'size'>): void;
}

/** The metric of each step, and what it counts. */
const steps = {
  list: ['reflector_lists_total', 'How often a cache was filled anew.'],
  watch: ['reflector_watches_total', 'Watches that were begun.'],
  event: ['reflector_events_total', 'Changes that a watch told.'],
  bookmark: ['reflector_bookmarks_total', 'Bookmarks that a watch told: nothing has changed up to there.'],
  error: ['reflector_errors_total', 'Errors that ended a list or a watch, which was then begun anew.'],
} as const satisfies Record<ReflectorStep, readonly [name: string, help: string]>;

export function reflectorMetrics(registry: Registry): ReflectorMetrics {
  const common = { labelNames: ['kind'] as const, registers: [registry] };
  const counters = new Map<string, Counter<'kind'>>(
    Object.entries(steps).map(([step, [name, help]]) => [step, new Counter({ ...common, name, help })]),
  );
  /** Several reflectors may keep one kind, each for a namespace. */
  const ages = new Map<string, (() => number)[]>();
  const sizes = new Map<string, Pick<Cache, 'size'>>();
  void new Gauge({
    ...common,
    name: 'reflector_last_event_age_seconds',
    help: 'Time since a watch last told anything, the longest of those of the kind; bookmarks come about each minute.',
    collect() {
      for (const [kind, all] of ages) this.set({ kind }, Math.max(...all.map((age) => age())) / 1000);
    },
  });
  void new Gauge({
    ...common,
    name: 'store_objects',
    help: 'Objects in the cache.',
    collect() {
      for (const [kind, { size }] of sizes) this.set({ kind }, size);
    },
  });
  return {
    observeCache: (kind, cache) => {
      sizes.set(kind, cache);
    },
    observeReflector: (reflector, clock) => {
      const { kind } = reflector;
      let heardAt = clock.now();
      ages.set(kind, [...(ages.get(kind) ?? []), () => clock.now() - heardAt]);
      for (const counter of counters.values()) counter.inc({ kind }, 0);
      reflector.observe((step) => {
        counters.get(step)?.inc({ kind });
        if (step === 'event' || step === 'bookmark') heardAt = clock.now();
      });
    },
  };
}
