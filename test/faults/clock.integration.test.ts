/**
 * The time of day is set forward or back by an hour, at each call of a pass in turn: nothing is waited for any longer,
 * nothing is done twice, and at no call does a status say what is not so.
 *
 * @module
 */

import { beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { openRealWorld, type RealWorld } from '../support/real-world.ts';

const hour = 3_600_000;
/** Milliseconds on a machine that is busy with other tests. */
const patience = 240_000;

interface Life {
  readonly what: string;
  /** Whether there is a resource at rest before it. */
  readonly isBorn: boolean;
  /** Whether it is done outside: until the next observation it excuses the status. */
  readonly isOutside?: boolean;
  readonly change: (world: RealWorld, name: string) => Promise<unknown>;
  /** Whether the resource is there at the end. */
  readonly isLeft: boolean;
}

const lives: readonly Life[] = [
  { what: 'a creation', isBorn: false, change: ({ team }, name) => team.apply(name), isLeft: true },
  {
    what: 'an update',
    isBorn: true,
    change: ({ team }, name) => team.patch('oauthapplications', name, { spec: { scopes: ['openid', 'profile'] } }),
    isLeft: true,
  },
  {
    what: 'the repair of a Secret',
    isBorn: true,
    isOutside: true,
    change: async ({ team, port }, name) => {
      await team.delete('secrets', name);
      const resource = port.read(`${team.namespace}/${name}`);
      await eventually(() => resource !== undefined && port.secrets(resource).length === 0);
    },
    isLeft: true,
  },
  {
    what: 'the loss of an application',
    isBorn: true,
    isOutside: true,
    change: async ({ team, store, resync }, name) => {
      await store.delete((await team.application(name))?.status.applicationID ?? '');
      await resync();
    },
    isLeft: true,
  },
  {
    what: 'a deletion',
    isBorn: true,
    change: ({ team }, name) => team.delete('oauthapplications', name),
    isLeft: false,
  },
];

let world: RealWorld;
const names: string[] = [];

beforeAll(async () => {
  world = await openRealWorld();
});

/** One life, disturbed by a jump after the call `at`; returned is whether there was such a call. */
async function live({ isBorn, isOutside, change, isLeft }: Life, name: string, at: number, jump: number) {
  const { faults, rest, team } = world;
  faults.arm();
  if (isBorn) {
    await team.apply(name);
    await rest(name, [...names, name]);
  }
  if (isOutside) world.excuse();
  await change(world, name);
  faults.arm({ at, when: 'after', how: 'answered', jump });
  if (isLeft) names.push(name);
  expect(await rest(name, names), `${name}: waited`).toBeLessThanOrEqual(60_000);
  return faults.fired;
}

describe.each([hour, -hour])('a clock that is set by %i ms', (jump) => {
  test.each(lives)('does no harm to $what', { timeout: patience }, async (life) => {
    const run = `${lives.indexOf(life)}${jump < 0 ? 'b' : 'f'}`;
    let at = 0;
    while (await live(life, `app-${run}-${at}`, at, jump)) at += 1;
    expect(at).toBeGreaterThan(2);
    expect(world.lies).toEqual([]);
  });
});
