/** I9: whatever is in the way for ever costs its registry at most 20 calls in any hour, and is tried again soon enough. */

import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../../src/core/failure.ts';
import { Sensitive } from '../../src/core/sensitive.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { stranger } from '../support/builders.ts';
import { adopting, consoleWorld, ref } from '../support/console-world.ts';
import { driven, hour, mostInAnHour } from '../support/driven.ts';
import { ask, rotate, unlisted } from '../support/rotating.ts';
import { idOf, key, settledWorld, type World, type WorldOptions, world } from '../support/world.ts';

/** Calls in an hour. */
const most = 20;

interface Obstacle {
  readonly what: string;
  readonly given: () => Promise<World>;
  /** From when on something is in the way. */
  readonly begin?: (made: World) => unknown;
  /** What somebody does about it whenever anything is due. */
  readonly meanwhile?: (made: World) => unknown;
  readonly end?: (made: World) => unknown;
  /** Which `Ready` comes to bear. */
  readonly reason: string;
  /** Seconds within which all is well after the end. */
  readonly within: number;
}

async function fresh(options: WorldOptions = {}): Promise<World> {
  const made = await world(options);
  made.apply();
  return made;
}

async function edited(): Promise<World> {
  const made = await settledWorld();
  made.apply({ displayName: 'Another' });
  return made;
}

async function going(): Promise<World> {
  const made = await settledWorld();
  made.cluster.outside.delete(key);
  return made;
}

/** Both slots are taken by client secrets that are not ours. */
async function full(options: WorldOptions = {}): Promise<World> {
  const made = await settledWorld({}, options);
  const id = await idOf(made);
  await made.registry.outside.issueClientSecret(id, 'by a person');
  await freeSlot(made);
  await made.registry.outside.issueClientSecret(id, 'by the same person');
  return made;
}

async function freeSlot(made: World): Promise<void> {
  const id = await idOf(made);
  const [first] = await made.registry.outside.clientSecrets(id);
  await made.registry.outside.deleteClientSecret(id, first?.id ?? '');
}

async function adopted(spec: object, options: WorldOptions = {}): Promise<World> {
  const made = await consoleWorld({}, options);
  made.apply({ ...adopting, ...spec });
  return made;
}

const text = { data: { secret: new Sensitive('eA==') } };

const obstacles: readonly Obstacle[] = [
  {
    what: "somebody else's application of the name",
    given: fresh,
    begin: ({ registry }) => registry.outside.create(stranger, 'another'),
    end: async (made) => made.registry.outside.delete(await idOf(made)),
    reason: 'NameConflict',
    within: 120,
  },
  {
    what: 'an application that only a person may make',
    given: () => adopted({ adoptionPolicy: 'AdoptOnly' }),
    begin: async (made) => made.registry.outside.delete(await idOf(made)),
    end: ({ registry }) => registry.outside.create(stranger, 'again'),
    reason: 'ApplicationMissing',
    within: 1_200,
  },
  { what: 'slots that are taken', given: full, end: freeSlot, reason: 'SecretSlotsExhausted', within: 120 },
  {
    what: 'slots that are taken, where no list shows it',
    given: () => full(unlisted),
    end: freeSlot,
    reason: 'SecretSlotsExhausted',
    within: 1_200,
  },
  {
    what: 'a slot that a rotation waits for, with a value that is served',
    given: async () => {
      const made = await settledWorld();
      await made.registry.outside.issueClientSecret(await idOf(made), 'by a person');
      return made;
    },
    begin: (made) => ask(made, { [rotate]: 'now' }),
    reason: 'Succeeded',
    within: 0,
  },
  {
    what: 'a value that nobody gives',
    given: () => adopted(ref, { readable: false }),
    end: ({ cluster }) => cluster.outside.putSecret('team-a', 'by-hand', text),
    reason: 'SecretUnreadable',
    within: 1_200,
  },
  {
    what: 'drift that comes back',
    given: settledWorld,
    meanwhile: async (made) =>
      made.registry.outside.update(await idOf(made), { redirectURIs: ['https://evil.example/cb'] }),
    reason: 'DriftContested',
    within: hour,
  },
  {
    what: 'a Secret in the way',
    given: fresh,
    begin: ({ cluster }) => cluster.outside.putSecret('team-a', 'shop', text),
    end: ({ cluster }) => cluster.outside.deleteSecret('team-a', 'shop'),
    reason: 'SecretConflict',
    within: 1_200,
  },
  {
    what: 'an account without an answer',
    given: edited,
    ...failing('unavailable', 'account'),
    reason: 'RegistryNotReady',
    within: 30,
  },
];

/** What a registry answers to one call, and `Ready` bears then. */
const answers: readonly (readonly [FailureCode, keyof Registry, string, () => Promise<World>])[] = [
  ['rejected', 'create', 'RegistryRejected', fresh],
  ['rejected', 'update', 'RegistryRejected', edited],
  ['rejected', 'delete', 'DeletionBlocked', going],
  ['quotaExceeded', 'create', 'QuotaExceeded', fresh],
  ['denied', 'find', 'PermissionDenied', fresh],
  ['denied', 'create', 'PermissionDenied', fresh],
  ['denied', 'issueClientSecret', 'PermissionDenied', fresh],
  ['denied', 'get', 'PermissionDenied', edited],
  ['denied', 'clientSecrets', 'PermissionDenied', edited],
  ['denied', 'update', 'PermissionDenied', edited],
  ['denied', 'delete', 'DeletionBlocked', going],
  ['throttled', 'create', 'Throttled', fresh],
  ['throttled', 'update', 'Throttled', edited],
  ['unavailable', 'create', 'RegistryUnavailable', fresh],
  ['unavailable', 'issueClientSecret', 'RegistryUnavailable', fresh],
  ['unavailable', 'get', 'RegistryUnavailable', edited],
  ['unavailable', 'update', 'RegistryUnavailable', edited],
  ['unavailable', 'delete', 'DeletionBlocked', going],
  ['uncertain', 'create', 'CreationUncertain', fresh],
  ['uncertain', 'create', 'CreationUncertain', () => fresh(unlisted)],
  ['uncertain', 'issueClientSecret', 'CreationUncertain', () => fresh(unlisted)],
  ['nameTaken', 'create', 'NameConflict', fresh],
  ['slotsExhausted', 'issueClientSecret', 'SecretSlotsExhausted', fresh],
  ['absent', 'update', 'ApplicationMissing', edited],
];

function failing(code: FailureCode, operation: keyof Registry, details: object = {}): Pick<Obstacle, 'begin' | 'end'> {
  const error = new RegistryError(code, 'no', { operation, ...details });
  return {
    begin: ({ registry }) => registry.broken.set(operation, error),
    end: ({ registry }) => registry.broken.clear(),
  };
}

function isWell({ cluster, reasons }: World): boolean {
  return cluster.outside.resource(key) === undefined || reasons()['Ready'] === 'Succeeded';
}

function reasonsTold({ cluster }: World) {
  return cluster.statuses.map(({ status }) => status.conditions?.find(({ type }) => type === 'Ready')?.reason);
}

describe('I9: in any hour a registry is asked at most 20 times in vain', () => {
  const refusals = answers.map(([code, operation, reason, given]) => ({
    ...failing(code, operation),
    what: `${operation}: ${code}`,
    given,
    reason,
    within: 1_200,
  }));
  const patience = {
    ...failing('throttled', 'create', { retryAfterSeconds: 7 }),
    what: 'create: throttled, for seven seconds each time',
    given: fresh,
    reason: 'Throttled',
    within: 1_200,
  };

  it.each<Obstacle>([...obstacles, ...refusals, patience])('for $what', async (obstacle) => {
    const { given, begin, meanwhile, end, reason, within } = obstacle;
    const made = await given();
    await begin?.(made);
    let lasts = true;
    const time = driven(made, () => lasts && meanwhile?.(made));
    await time.drive(3 * hour);
    expect(reasonsTold(made)).toContain(reason);
    expect(mostInAnHour(time.asked)).toBeLessThanOrEqual(most);

    lasts = false;
    await end?.(made);
    expect(await time.drive(hour, () => isWell(made))).toBeLessThanOrEqual(within);
    expect(isWell(made)).toBe(true);
  });
});

describe('what was refused for hours is tried at once', () => {
  it('when its spec changes', async () => {
    const made = await edited();
    const { begin, end } = failing('rejected', 'update');
    await begin?.(made);
    const time = driven(made);
    await time.drive(3 * hour);
    await end?.(made);
    made.apply({ displayName: 'A third' });
    time.wake();
    expect(await time.drive(hour, () => isWell(made))).toBe(0);
  });

  it('when an application goes from an account that was full', async () => {
    const made = await fresh();
    const { begin, end } = failing('quotaExceeded', 'create');
    const { id } = await made.registry.outside.create({ ...stranger, name: 'theirs' }, 'another');
    await begin?.(made);
    const time = driven(made);
    await time.drive(3 * hour);
    await made.registry.outside.create({ ...stranger, name: 'one-more' }, 'one more');
    await time.drive(121);
    const asked = time.asked.length;
    await made.registry.outside.delete(id);
    await end?.(made);
    expect(await time.drive(hour, () => isWell(made)), 'at the next list').toBeLessThanOrEqual(120);
    expect(time.asked.length).toBeGreaterThan(asked);
  });
});
