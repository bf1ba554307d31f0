/** What people and tools do to a resource with kubectl, between any two calls of its creation: nothing is orphaned or lost. */

import { describe, expect, it } from 'vitest';
import type { Fault } from '../support/faults.ts';
import { key, type World, world } from '../support/world.ts';

interface Way {
  readonly command: string;
  readonly happens: (made: World) => unknown;
}

/** What stays of a resource: a bare manifest knows none of our marks. The status is a subresource. */
const ways: readonly Way[] = [
  { command: 'kubectl apply', happens: ({ apply }) => apply() },
  {
    command: 'kubectl replace',
    happens: ({ cluster }) => cluster.outside.edit(key, { annotations: {}, finalizers: [] }),
  },
];

const accounts = [
  { account: 'an exact registry', options: {} },
  { account: 'a registry that lags', options: { account: { consistencyWindow: 60_000 }, delay: 30_000 } },
];

type Point = Pick<Fault, 'at' | 'when' | 'how'>;

/** Before and after each call of a creation, which is answered or not. */
async function pointsOf(options: object): Promise<readonly Point[]> {
  const made = await world(options);
  made.apply();
  made.faults.arm();
  await made.pass();
  const steps = made.faults.calls.map((_call, at) => at);
  expect(steps.length).toBeGreaterThanOrEqual(6);
  return (['before', 'after'] as const).flatMap((when) =>
    (['answered', 'lost'] as const).flatMap((how) => steps.map((at) => ({ at, when, how }))),
  );
}

/** A creation in which something happens at a call, brought to rest. */
async function disturbed(options: object, point: Point, happens: Way['happens']): Promise<World> {
  const made = await world(options);
  made.apply();
  made.faults.arm({ ...point, jump: 0, meanwhile: () => happens(made) });
  await made.rest();
  expect(made.faults.fired).toBe(true);
  made.faults.arm();
  // What was done last wakes the loop too, and a registry that lags is waited for.
  made.advance(65_000);
  await made.rest();
  return made;
}

async function expectNothingLeft({ registry, cluster, secret }: World, point: string): Promise<void> {
  expect(await registry.outside.list(), point).toEqual([]);
  expect(cluster.outside.resource(key), point).toBeUndefined();
  expect(secret(), point).toBeUndefined();
}

describe.each(accounts)('in $account', ({ options }) => {
  it.each(ways)('$command of the bare manifest at every step: one application, and all of it goes', async (way) => {
    for (const point of await pointsOf(options)) {
      const told = JSON.stringify(point);
      const made = await disturbed(options, point, way.happens);
      expect(made.reasons(), told).toMatchObject({ Ready: 'Succeeded' });
      const [application, ...more] = await made.registry.outside.list();
      expect(more, told).toEqual([]);
      expect(application?.clientSecrets, told).toHaveLength(1);
      expect(made.resource().finalizers, told).toEqual(['ramify.dev/application']);
      made.cluster.outside.delete(key);
      await made.rest();
      await expectNothingLeft(made, told);
    }
  });

  it('kubectl delete at every step: nothing is left', async () => {
    for (const point of await pointsOf(options)) {
      const made = await disturbed(options, point, ({ cluster }) => cluster.outside.delete(key));
      await expectNothingLeft(made, JSON.stringify(point));
    }
  });
});
