/**
 * How soon a registry is asked again in vain: a resource that does not come to rest has some calls at once, then one in a
 * while.
 *
 * It is a bound: whatever stands in the way, no more than 20 calls in an hour (`docs/decisions/0064-calls-in-vain.md`). A resource
 * that is woken because something changed does not wait for it.
 *
 * @module
 */

import type { Key } from '../cluster/cluster.ts';
import type { Next } from '../core/outcome.ts';
import { type Around, wrap } from '../registry/registry.ts';
import type { Outcome, Ports } from './pass.ts';
import type { Registries } from './registries.ts';

type Pass = (key: Key, ports: Ports) => Promise<Outcome>;

/** Calls at once. */
const burst = 11;
/** Seconds in which one more may be made: with the burst, and one before its time, 20 in an hour. */
const refill = 440;
/** Seconds to wait where no call is left of the burst; for each one that is, a third: what passes soon is found soon. */
const longest = 600;
const share = 3;

/**
 * The same passes; one that asked its registry and did not come to rest is not made again too soon. One that throws is the
 * queue's to try again.
 *
 * @param monotonic milliseconds since whenever
 */
export function paced(pass: Pass, monotonic: () => number): Pass {
  const buckets = openBuckets(monotonic);
  return async (key, ports) => {
    let [calls, actions] = [0, 0];
    const registries = counted(ports.registries, () => calls++);
    const did = (kind: string) => {
      actions++;
      ports.did(kind);
    };
    const outcome = await pass(key, { ...ports, registries, did });
    const { reason = '', next } = outcome;
    const isWell = reason === 'Succeeded';
    // Something is in the way as well where all is well, and yet there was something to look for, and nothing to do.
    if (calls > 0 && next.kind !== 'rest' && (!isWell || actions === 0))
      return { ...outcome, next: notBefore(buckets.draw(key, reason, calls), next) };
    if (isWell || next.kind === 'rest') buckets.forget(key);
    return outcome;
  };
}

/** The calls that are made for one resource; those that are made for all are not among them. */
function counted(registries: Registries, count: () => void): Registries {
  const around: Around = (_, call) => {
    count();
    return call();
  };
  return {
    ...registries,
    find: async (name) => {
      const found = await registries.find(name);
      return 'registry' in found ? { ...found, registry: wrap(found.registry, around) } : found;
    },
  };
}

/** A bucket for each resource and for each reason that it is not at rest, full at first. */
function openBuckets(monotonic: () => number) {
  /** When each is full again, in seconds. */
  const buckets = new Map<Key, Map<string, number>>();
  return {
    /** Takes calls out, and gives the seconds until as many may be taken again; 0 for the first that are taken. */
    draw: (key: Key, reason: string, calls: number): number => {
      const now = monotonic() / 1_000;
      const fullAt = buckets.get(key) ?? new Map<string, number>();
      const missing = Math.max(0, (fullAt.get(reason) ?? now) - now) / refill;
      // Whoever is woken again and again owes one try at most: the wait is not for ever.
      const left = Math.max(-calls, burst - missing - calls);
      buckets.set(key, fullAt.set(reason, now + (burst - left) * refill));
      if (missing === 0) return 0;
      return Math.ceil(Math.max(longest / share ** Math.max(0, left), (calls - left) * refill));
    },
    forget: (key: Key) => void buckets.delete(key),
  };
}

function notBefore(seconds: number, next: Next): Next {
  switch (next.kind) {
    case 'after':
      return { kind: 'after', seconds: Math.max(seconds, next.seconds) };
    case 'backoff':
      return seconds > 1 ? { kind: 'after', seconds } : next;
    case 'rest':
    case 'terminal':
      return next;
  }
}
