/**
 * Two electors never lead at once: not with any delays, losses, stalls and clocks that run apart by less than the times allow.
 *
 * @module
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../../src/kube/clock.ts';
import { ManualClock } from './manual-clock.ts';
import { LeaseServer, standFor, type Way } from './scripted-lease.ts';

const times = { leaseDuration: 15, renewDeadline: 10, retryPeriod: 2 };

/** Runs faster or slower than the world's, and its timers ring late. */
function odd(world: ManualClock, rate: number, late: () => number): Clock {
  return {
    now: () => 5000 + world.now() * rate,
    after: (milliseconds, callback) => world.after(Math.max(0, milliseconds) / rate + late(), callback),
  };
}

const some = { maxLength: 12 };
const delay = fc.oneof(fc.constant(0), fc.nat(500), fc.integer({ min: 2000, max: 30_000 }));
const arriving: fc.Arbitrary<Way> = fc.record({ there: delay, back: delay });
const lost = fc.constantFrom('request' as const, 'answer' as const);
const way = fc.oneof({ arbitrary: arriving, weight: 3 }, fc.record({ there: delay, back: delay, lost }));
const replica = fc.record({
  rate: fc.double({ min: 0.85, max: 1.2, noNaN: true }),
  stalls: fc.array(delay, some),
  ways: fc.array(way, some),
  /** Of what the watch tells; -1: the watch hangs. */
  delays: fc.array(fc.oneof(delay, fc.constant(-1)), some),
  /** When it stops in the middle, and releases; not before the first half minute. */
  stopsAt: fc.option(fc.integer({ min: 0, max: 90_000 })),
});

/** One after the other, then `rest` for ever. */
function oneByOne<T>(values: readonly T[], rest: T): () => T {
  const left = [...values];
  return () => left.shift() ?? rest;
}

type Replica = typeof replica extends fc.Arbitrary<infer T> ? T : never;

function stand(world: ManualClock, server: LeaseServer, identity: string, { rate, stalls, ways, delays }: Replica) {
  const delayed = oneByOne(delays, 0);
  return standFor(server, {
    identity,
    times,
    clock: odd(world, rate, oneByOne(stalls, 0)),
    way: oneByOne(ways, { there: 1, back: 1 }),
    delay: () => {
      const next = delayed();
      return next < 0 ? Number.POSITIVE_INFINITY : next;
    },
  }).elector;
}

async function neverBoth(replicas: readonly Replica[]): Promise<number> {
  const world = new ManualClock();
  const server = new LeaseServer(world);
  const electors = replicas.map((each, n) => stand(world, server, `replica-${n}`, each));
  for (const [n, { stopsAt }] of replicas.entries()) {
    if (stopsAt !== null) world.after(stopsAt, () => void electors[n]?.stop({ release: true }));
  }
  const leaders = new Set<number>();
  await world.pass(0);
  while (world.now() < 120_000 && Number.isFinite(world.untilNext)) {
    await world.pass(Math.max(0, world.untilNext));
    const leading = electors.keys().filter((n) => electors[n]?.isLeading);
    const now = [...leading];
    expect(now.length).toBeLessThanOrEqual(1);
    for (const n of now) leaders.add(n);
  }
  return leaders.size;
}

test('E1–E6: two replicas never lead at once, whatever happens on the way', async () => {
  let handovers = 0;
  const property = fc.asyncProperty(fc.tuple(replica, replica), async (replicas) => {
    if ((await neverBoth(replicas)) > 1) handovers++;
  });
  await fc.assert(property, { numRuns: 110, seed: 4 });
  // Otherwise nothing was tried.
  expect(handovers).toBeGreaterThan(10);
});
