/**
 * Death at every step: each workload is run once undisturbed, and once for every call that it makes, every way to fail
 * there and every pause after it. All runs must end in the same state.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { describe, expect, it } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import { specOf } from '../support/builders.ts';
import type { Fault } from '../support/faults.ts';
import { idOf, key, type World, type WorldOptions, world } from '../support/world.ts';

interface Workload {
  readonly name: string;
  /** The spec that is brought to rest before the disturbance; none: the resource is not there yet. */
  readonly from?: Readonly<Record<string, unknown>>;
  readonly change: (world: World) => unknown;
  /** Of the registry, where it is none that gives everything back. */
  readonly options?: WorldOptions;
}

const webWithout = { type: 'Web', protocolVersion: '2.1' };

const withheld = { readable: false, listsClientSecrets: false };

const workloads: readonly Workload[] = [
  { name: 'a Web application is created', change: ({ apply }) => apply() },
  { name: 'a Native application is created', change: ({ apply }) => apply(specOf.Native) },
  { name: 'a Server application is created', change: ({ cluster }) => cluster.outside.apply(key, specOf.Server) },
  {
    name: 'fields are updated',
    from: {},
    change: ({ apply }) => apply({ displayName: 'Store', scopes: ['openid', 'profile'] }),
  },
  {
    name: 'a client secret is switched on',
    from: webWithout,
    change: ({ apply }) => apply({ ...webWithout, secretRequired: true }),
  },
  {
    name: 'a client secret is switched off',
    from: { ...webWithout, secretRequired: true },
    change: ({ apply }) => apply(webWithout),
  },
  {
    name: 'a client secret of a Native application is switched off',
    from: { type: 'Native', secretRequired: true },
    change: ({ apply }) => apply({ type: 'Native' }),
  },
  { name: 'the Secret is renamed', from: {}, change: ({ apply }) => apply({ secret: { name: 'other' } }) },
  { name: 'the Secret is deleted', from: {}, change: ({ cluster }) => cluster.outside.deleteSecret('team-a', 'shop') },
  {
    name: 'a value of the Secret is edited',
    from: {},
    change: (made) => edit(made, { data: { client_secret: new Sensitive('eA==') } }),
  },
  {
    name: 'the Secret is made immutable',
    from: {},
    change: (made) => edit(made, { immutable: true, resourceVersion: 'x' }),
  },
  { name: 'the owner reference is taken off', from: {}, change: (made) => edit(made, { ownerReferences: [] }) },
  {
    name: 'the application is deleted outside',
    from: {},
    change: async (made) => {
      await made.registry.outside.delete(await idOf(made));
      await made.resync();
    },
  },
  {
    name: 'the application is edited outside',
    from: {},
    change: async (made) => {
      await made.registry.outside.update(await idOf(made), { displayName: 'Drifted' });
      await made.resync();
    },
  },
  {
    name: 'the client secret is deleted outside',
    from: {},
    change: async ({ registry, ...made }) => {
      const id = await idOf(made);
      for (const secret of await registry.outside.clientSecrets(id))
        await registry.outside.deleteClientSecret(id, secret.id);
      await made.resync();
    },
  },
  { name: 'a client secret is rotated because somebody asks for it', from: {}, change: (made) => askADayLater(made) },
  {
    name: 'a client secret is rotated because somebody asks for it, and its value is given once',
    from: {},
    change: (made) => askADayLater(made),
    options: withheld,
  },
  {
    name: 'a client secret is rotated because its interval is over',
    from: { rotation: { interval: '48h' } },
    change: ({ advance }) => advance(50 * 3_600_000),
  },
  { name: 'an overlap ends', from: {}, change: (made) => endOverlap(made) },
  {
    name: 'an overlap ends, and values are given once',
    from: {},
    change: (made) => endOverlap(made),
    options: withheld,
  },
  {
    name: 'an overlap ends in which another rotation was asked for',
    from: {},
    change: async (made) => {
      await endOverlap(made, 'again');
    },
  },
  {
    name: 'the Secret is deleted, and values are given once',
    from: {},
    change: ({ cluster }) => cluster.outside.deleteSecret('team-a', 'shop'),
    options: withheld,
  },
  { name: 'the resource is deleted', from: {}, change: ({ cluster }) => cluster.outside.delete(key) },
  {
    name: 'the resource is left behind',
    from: { deletionPolicy: 'Orphan' },
    change: ({ cluster }) => cluster.outside.delete(key),
  },
  {
    name: 'the resource is left behind by a late edit',
    from: {},
    change: ({ cluster, apply }) => {
      cluster.outside.delete(key);
      apply({ deletionPolicy: 'Orphan' });
    },
  },
  {
    name: 'the definition of the resource goes',
    from: {},
    change: ({ cluster }) => {
      cluster.outside.uninstall();
      cluster.outside.delete(key);
    },
  },
];

function edit(
  { cluster, secret }: World,
  changes: Parameters<World['cluster']['outside']['putSecret']>[2] & { resourceVersion?: string },
) {
  const found = secret();
  cluster.outside.putSecret('team-a', 'shop', { ...found, ...changes, data: { ...found?.data, ...changes.data } });
}

function askForRotation({ cluster, resource }: World, value: unknown = 'now'): void {
  const annotations = { ...resource().annotations, 'ramify.dev/rotate-requested-at': String(value) };
  cluster.outside.edit(key, { annotations });
}

/** A clock that is set back beyond the resource's creation has a request wait, see `rotation-clock.test.ts`. */
function askADayLater(made: World): void {
  made.advance(24 * 3_600_000);
  askForRotation(made);
}

/** A rotation lies behind, and its overlap; in the middle of that another was asked for, or not. */
async function endOverlap(made: World, again?: unknown): Promise<void> {
  askForRotation(made);
  await made.rest();
  if (again !== undefined) askForRotation(made, again);
  await made.rest();
  made.advance(26 * 3_600_000);
}

async function begin({ from, change, options }: Workload, fault?: Fault): Promise<World> {
  const made = await world(options);
  if (from) {
    made.apply(from);
    await made.rest();
  }
  await change(made);
  made.faults.arm(fault);
  return made;
}

/** Everything that is left, with what differs from run to run masked. */
async function endState({ cluster, registry, application, values }: World): Promise<unknown> {
  const found = await application();
  const secrets = found ? await registry.outside.clientSecrets(found.id) : [];
  const resource = cluster.outside.resource(key);
  const { id: _id, clientID, createTime: _time, ...fields } = found ?? {};
  const served = cluster.outside.secrets('team-a').map(({ name, labels, annotations, ownerReferences, immutable }) => {
    const { client_id: id, client_secret: value, ...rest } = values(name);
    const credentials = { isClientID: id === clientID, hasClientSecret: value !== undefined };
    return {
      name,
      labels,
      marks: Object.keys(annotations).toSorted(),
      owners: ownerReferences.length,
      immutable,
      credentials,
      rest,
    };
  });
  return {
    applications: (await registry.outside.list()).length,
    fields,
    clientSecrets: secrets.length,
    served,
    finalizers: resource?.finalizers,
    conditions: resource?.status.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`),
  };
}

/**
 * What a pass finds depends on whether the intent of the last one is still fresh when it begins. To be killed before a
 * call is to be killed after the one before it.
 */
const hour = 3_600_000;

const ways = [
  { how: 'killed', when: 'after', gap: 1_000, jump: 0 },
  { how: 'killed', when: 'after', gap: 120_000, jump: 0 },
  { how: 'lost', when: 'after', gap: 1_000, jump: 0 },
  { how: 'lost', when: 'before', gap: 120_000, jump: 0 },
  { how: 'killed', when: 'after', gap: 1_000, jump: hour },
  { how: 'killed', when: 'after', gap: 1_000, jump: -hour },
  { how: 'lost', when: 'after', gap: 1_000, jump: -hour },
  { how: 'answered', when: 'after', gap: 1_000, jump: hour },
  { how: 'answered', when: 'after', gap: 1_000, jump: -hour },
] as const;

const undisturbed = new Map<string, { readonly calls: readonly string[]; readonly state: unknown }>();

async function learn(workload: Workload) {
  const known = undisturbed.get(workload.name);
  if (known) return known;
  const made = await begin(workload);
  await made.rest();
  const learned = { calls: [...made.faults.calls], state: await endState(made) };
  undisturbed.set(workload.name, learned);
  return learned;
}

describe.each(workloads)('when $name', (workload) => {
  const title = 'and a call is $how $when its effect, it ends the same after $gap ms and a jump of $jump ms';
  it.each(ways)(title, async ({ gap, ...fault }) => {
    const { calls, state } = await learn(workload);
    expect(calls.length).toBeGreaterThan(0);

    for (const [at, call] of calls.entries()) {
      const plan = `${call}, the ${at}. call`;
      const disturbed = await begin(workload, { at, ...fault });
      await disturbed.rest({ gap });
      assert.ok(disturbed.faults.fired, plan);
      assert.deepEqual(await endState(disturbed), state, plan);

      disturbed.faults.arm();
      disturbed.advance(600_000);
      await disturbed.pass();
      const writes = disturbed.faults.calls.filter((each) =>
        /\.(hold|release|write|create|update|patch|delete|issue|retire)/.test(each),
      );
      assert.deepEqual(writes, [], `${plan}: silence afterwards`);
    }
  });
});
