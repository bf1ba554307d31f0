/** How a resource goes: with its application, without it, or not yet. */

import { describe, expect, it } from 'vitest';
import { ClusterError } from '../../src/cluster/cluster.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import { owner } from '../support/builders.ts';
import { clusterWrites, key, registryWrites, settledWorld, type World, world } from '../support/world.ts';

type Spec = Readonly<Record<string, unknown>>;

async function leaving(spec: Spec = {}): Promise<World> {
  const made = await settledWorld(spec);
  made.cluster.outside.delete(key);
  return made;
}

describe('a resource that is deleted', () => {
  it('takes its application and its Secret along, in one write', async () => {
    const made = await leaving();
    expect(await made.pass()).toEqual({ kind: 'rest' });
    expect(clusterWrites(made)).toEqual(['release']);
    expect(registryWrites(made)).toEqual(['delete']);
    expect(made.cluster.outside.resource(key)).toBeUndefined();
    expect(await made.registry.outside.list()).toEqual([]);
    expect(made.secret()).toBeUndefined();
  });

  it('looks live before it deletes, by ID', async () => {
    const made = await leaving();
    await made.pass();
    expect(made.registry.calls.map(({ operation }) => operation)).toEqual(['get', 'delete']);
  });

  it('AT57: takes a Secret along that the garbage collector would leave', async () => {
    const made = await settledWorld();
    made.cluster.outside.putSecret('team-a', 'shop', { ...made.secret(), ownerReferences: [] });
    made.cluster.outside.delete(key);
    await made.rest();
    expect(made.secret()).toBeUndefined();
  });

  it('leaves application and Secret behind with Orphan, and does not ask the registry', async () => {
    const made = await leaving({ deletionPolicy: 'Orphan' });
    const before = made.secret();
    await made.rest();
    expect(made.registry.calls).toEqual([]);
    expect(made.secret()).toEqual(before);
    expect(await made.application()).toBeDefined();
    expect(made.cluster.outside.resource(key)).toBeUndefined();
  });

  it.each([{ deletionPolicy: 'Orphan' }, {}])(
    'leaves the Secret behind when it is let go late (%j before)',
    async (spec) => {
      const made = await settledWorld(spec);
      const before = made.values();
      made.apply({ ...spec, suspend: true });
      made.cluster.outside.delete(key);
      made.apply({ deletionPolicy: 'Orphan' });
      await made.rest();
      expect(made.values()).toEqual(before);
      expect(made.secret()?.ownerReferences).toEqual([]);
    },
  );

  it('leaves the Secret behind although somebody took our label off it', async () => {
    const made = await settledWorld();
    made.apply({ suspend: true, deletionPolicy: 'Orphan' });
    made.cluster.outside.putSecret('team-a', 'shop', { ...made.secret(), labels: {} });
    made.cluster.outside.delete(key);
    await made.rest();
    expect(made.secret()?.ownerReferences).toEqual([]);
  });

  it('is let go with everything behind it when the definition or our namespace goes', async () => {
    const made = await leaving();
    const before = made.values();
    made.cluster.outside.uninstall();
    await made.rest();
    expect(made.values()).toEqual(before);
    expect(made.secret()?.ownerReferences).toEqual([]);
    expect(registryWrites(made)).toEqual([]);
  });

  it('waits where nobody can say whether the definition is going', async () => {
    const made = await leaving();
    made.cluster.failNext('isUninstalling', new ClusterError('failed', 'no answer'));
    await expect(made.pass()).rejects.toThrow('no answer');
    expect(registryWrites(made)).toEqual([]);
  });

  it('is none of our business without our finalizer', async () => {
    const made = await settledWorld();
    made.cluster.outside.edit(key, { finalizers: ['somebody/else'] });
    made.cluster.outside.delete(key);
    expect(await made.pass()).toEqual({ kind: 'rest' });
    expect(made.registry.calls).toEqual([]);
    expect(made.cluster.writes).toEqual([]);
  });

  it('goes although its spec is not valid any more, and is left behind if its policy cannot be read', async () => {
    for (const { deletionPolicy, left } of [
      { deletionPolicy: 'Delete', left: 0 },
      { deletionPolicy: 'Burn', left: 1 },
    ]) {
      const made = await settledWorld();
      made.apply({ type: 'Gone', deletionPolicy });
      made.cluster.outside.delete(key);
      await made.rest();
      expect(await made.registry.outside.list()).toHaveLength(left);
      expect(made.cluster.outside.resource(key)).toBeUndefined();
    }
  });

  it('is suspended in vain: deletion is carried out all the same', async () => {
    const made = await settledWorld();
    made.apply({ suspend: true });
    await made.rest();
    made.cluster.outside.delete(key);
    await made.rest();
    expect(await made.registry.outside.list()).toEqual([]);
  });

  it('whose application went before it is released', async () => {
    const made = await leaving();
    await made.registry.outside.delete((await made.application())?.id ?? '');
    await made.rest();
    expect(made.cluster.outside.resource(key)).toBeUndefined();
  });

  it('never deletes an application of another name that a forged status points to', async () => {
    const made = await settledWorld();
    const application = await made.application();
    const other = await made.registry.outside.create({ ...application, name: 'team-b.bank' } as never, 'another');
    made.cluster.outside.edit(key, { status: { ...made.resource().status, applicationID: other.id } });
    made.cluster.outside.delete(key);
    await made.rest();
    expect((await made.registry.outside.list()).map(({ name }) => name)).toEqual(['team-b.bank']);
  });
});

describe('a resource that was never registered', () => {
  it('and bears our finalizer is released without a question to the registry', async () => {
    const made = await world({ registrySpec: null });
    made.apply({ deletionPolicy: 'Delete' });
    made.cluster.outside.edit(key, { finalizers: ['ramify.dev/application'] });
    made.cluster.outside.delete(key);
    await made.rest();
    expect(made.registry.calls).toEqual([]);
    expect(made.cluster.outside.resource(key)).toBeUndefined();
  });

  it('but may be so any moment waits until its attempt is over', async () => {
    const made = await world({ account: { consistencyWindow: 60_000 } });
    made.apply();
    made.registry.failNext('create', new RegistryError('uncertain', 'no answer', { operation: 'create' }));
    await made.pass();
    made.cluster.outside.delete(key);

    expect(await made.pass()).toEqual({ kind: 'after', seconds: 64 });
    expect(made.reasons()['Ready']).toBe('!DeletionBlocked');
    expect(made.cluster.events.at(-1)?.event.note).toBe('waits until an attempt to create the application is over');
    made.advance(64_000);
    await made.rest();
    expect(made.cluster.outside.resource(key)).toBeUndefined();
  });

  it('but turns out to be takes the late application along', async () => {
    const made = await world({ account: { consistencyWindow: 60_000 } });
    made.apply();
    made.registry.failNext('create', new RegistryError('uncertain', 'no answer', { operation: 'create' }), 'after');
    await made.pass();
    made.cluster.outside.delete(key);
    await made.rest();
    expect(await made.registry.outside.list()).toEqual([]);
  });
});

const obstacles: readonly { name: string; before: (made: World) => unknown; message: string }[] = [
  {
    name: 'a registry that is gone',
    before: ({ cluster }) => cluster.outside.deleteRegistry('default'),
    message: 'there is no OAuthRegistry default',
  },
  {
    name: 'a registry that is not ready',
    before: async (made) => {
      made.registry.failNext('account', new RegistryError('unavailable', 'the disk is full', { operation: 'account' }));
      await made.look();
    },
    message: 'the OAuthRegistry default is not ready: the disk is full',
  },
  {
    name: 'a registry that refuses the deletion',
    before: ({ registry }) =>
      registry.failNext('delete', new RegistryError('denied', 'not allowed', { operation: 'delete' })),
    message: 'not allowed',
  },
  {
    name: 'a registry that cannot be asked',
    before: ({ registry }) =>
      registry.failNext('get', new RegistryError('unavailable', 'no answer', { operation: 'get' })),
    message: 'no answer',
  },
  {
    name: 'an API server that does not let us see whether we are being uninstalled',
    before: ({ cluster }) =>
      cluster.failNext('isUninstalling', new ClusterError('refused', 'customresourcedefinitions is forbidden')),
    message: 'customresourcedefinitions is forbidden',
  },
];

describe('a deletion that is blocked', () => {
  it.each(obstacles)(
    'by $name says so with the way out, once, and keeps what was proved',
    async ({ before, message }) => {
      const made = await leaving();
      await before(made);
      made.cluster.writes.length = 0;

      expect(await made.pass()).toEqual({ kind: 'backoff' });

      expect(clusterWrites(made)).toEqual(['writeStatus']);
      expect(made.reasons()).toEqual({
        Accepted: 'Succeeded',
        Registered: 'Succeeded',
        SecretReady: 'Succeeded',
        Ready: '!DeletionBlocked',
        Reconciling: 'DeletionBlocked',
      });
      expect(made.cluster.events.map(({ event }) => event.note)).toEqual([
        `${message}; to let go of the application without deleting it, set spec.deletionPolicy to Orphan`,
      ]);
      expect(made.secret()).toBeDefined();
    },
  );

  it.each(obstacles)('by $name is let go with Orphan', async ({ before }) => {
    const made = await leaving();
    await before(made);
    await made.pass();
    made.apply({ deletionPolicy: 'Orphan' });
    await made.rest();
    expect(made.cluster.outside.resource(key)).toBeUndefined();
    expect(made.secret()).toBeDefined();
  });

  it('by a Secret that the API server does not give up says so, and no way out that would not help', async () => {
    const made = await leaving({ deletionPolicy: 'Orphan' });
    made.cluster.outside.putSecret('team-a', 'shop', {
      ...made.secret(),
      ownerReferences: [owner(made.resource().uid)],
    });
    made.cluster.failNext('disownSecret', new ClusterError('refused', 'Secrets stay as they are'));
    expect(await made.pass()).toEqual({ kind: 'backoff' });
    expect(made.reasons()['Ready']).toBe('!DeletionBlocked');
    expect(made.cluster.events.map(({ event }) => event.note)).toEqual(['Secrets stay as they are']);
    await made.rest();
    expect(made.cluster.outside.resource(key)).toBeUndefined();
  });

  it('is not written twice', async () => {
    const made = await leaving();
    made.cluster.outside.deleteRegistry('default');
    await made.pass();
    made.cluster.writes.length = 0;
    made.advance(900_000);
    await made.pass();
    expect(made.cluster.writes).toEqual([]);
    expect(made.cluster.events).toHaveLength(1);
  });
});
