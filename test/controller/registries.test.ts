/** The OAuthRegistries: looked at, opened, ready or not, and what their users notice. */

import { describe, expect, it } from 'vitest';
import { parseRegistryStatus } from '../../src/api/parse.ts';
import { ClusterError } from '../../src/cluster/cluster.ts';
import { openRegistries } from '../../src/controller/registries.ts';
import { registryNameOf } from '../../src/core/resource.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { stranger, t0 } from '../support/builders.ts';
import { memoryCluster } from '../support/memory-cluster.ts';
import { memoryRegistry } from '../support/memory-registry.ts';
import { key, settledWorld } from '../support/world.ts';

const store = { type: 'Store', store: { issuerURL: 'https://login.example/' } };

function registries(spec: object | undefined, open: () => Promise<Registry> = async () => memoryRegistry()) {
  const cluster = memoryCluster();
  if (spec) cluster.outside.putRegistry({ name: 'default', spec });
  const status = () => parseRegistryStatus(cluster.registries()[0]?.status);
  const opened = openRegistries({ cluster, open, clock: () => t0, monotonic: () => 1 });
  /** Whether users were to be woken. */
  const refresh = async (name: string) => (await opened.refresh(name)).concerned !== undefined;
  return { cluster, status, ...opened, refresh };
}

describe('a controller for some namespaces', () => {
  it('says nothing of names in others', async () => {
    const registry = memoryRegistry();
    const names = ['eu_team-a.lost', 'eu_team-b.used', 'eu_team-a', `eu_${'a'.repeat(34)}_${'a'.repeat(26)}`];
    for (const name of names) await registry.outside.create({ ...stranger, name }, name);
    const cluster = memoryCluster();
    cluster.outside.putRegistry({ name: 'default', spec: { ...store, applicationNamePrefix: 'eu' } });
    const open = async () => registry;
    await openRegistries({ cluster, open, clock: () => t0, monotonic: () => 1, namespaces: ['team-a'] }).refresh(
      'default',
    );
    const { unclaimed } = parseRegistryStatus(cluster.registries()[0]?.status);
    expect(unclaimed).toEqual({ count: 1, names: ['eu_team-a.lost'] });
  });
});

describe('a registry that answers', () => {
  it('is ready, and its status says what goes into Secrets', async () => {
    const { find, refresh, status } = registries({ ...store, resyncInterval: '30s', applicationNamePrefix: 'eu' });
    expect(await refresh('default')).toBe(true);
    expect(await find('default')).toMatchObject({
      settings: {
        name: 'default',
        accountID: '1000000000000001',
        applicationNamePrefix: 'eu',
        resyncInterval: 30,
        consistencyWindow: 0,
      },
    });
    expect(status()).toMatchObject({
      observedGeneration: 1,
      accountID: '1000000000000001',
      applicationCount: 0,
      endpoints: { issuer: 'https://login.example', tokenEndpoint: 'https://login.example/v1/token' },
      conditions: [{ type: 'Ready', status: 'True', reason: 'Succeeded', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    });
  });

  it('is written and wakes its users only when something changed', async () => {
    const { cluster, refresh } = registries(store);
    await refresh('default');
    cluster.writes.length = 0;
    expect(await refresh('default')).toBe(false);
    expect(cluster.writes).toEqual([]);
  });

  it('is looked at by the first who asks', async () => {
    const { find } = registries(store);
    expect(await find('default')).toMatchObject({ settings: { accountID: '1000000000000001' } });
  });

  it('loses its endpoints with its issuer', async () => {
    const { cluster, refresh, status } = registries(store);
    await refresh('default');
    cluster.outside.putRegistry({ name: 'default', spec: { type: 'Store' } });
    expect(await refresh('default')).toBe(true);
    expect(status().endpoints).toBeUndefined();
  });

  it('counts the resources that have an application in it', async () => {
    const made = await settledWorld();
    await made.look();
    expect(parseRegistryStatus(made.cluster.registries()[0]?.status).applicationCount).toBe(1);
  });
});

const unfit = [{ name: 'that predates the schema', spec: { type: 'Paper' }, says: /^spec\.type: / }];

describe('a registry that cannot be worked with', () => {
  it.each(unfit)('($name) says why, and its users wait', async ({ spec, says }) => {
    const { find, refresh, status } = registries(spec);
    await refresh('default');
    expect(status().conditions).toMatchObject([
      { type: 'Ready', status: 'False', reason: 'InvalidSpec', message: expect.stringMatching(says) },
    ]);
    expect(await find('default')).toMatchObject({ reason: 'RegistryNotReady' });
  });

  it('is not there: its users learn its name', async () => {
    const { find, refresh } = registries(undefined);
    expect(await refresh('default')).toBe(false);
    expect(await find('default')).toEqual({ reason: 'RegistryNotFound', message: 'there is no OAuthRegistry default' });
  });

  it('belongs to another account than the one that was pinned', async () => {
    const account = { accountID: '1' };
    const { find, refresh, status } = registries(store, async () => memoryRegistry({ account }));
    await refresh('default');
    account.accountID = '2';
    expect(await refresh('default')).toBe(true);
    expect(await find('default')).toMatchObject({
      reason: 'RegistryNotReady',
      message: expect.stringContaining(
        'the store belongs to account 2, but status.accountID says that this registry works with 1',
      ),
    });
    expect(status().accountID).toBe('1');
  });

  it('is looked at again in half a minute, one that can be in its interval', async () => {
    const memory = memoryRegistry();
    let isDown = true;
    const down = new RegistryError('unavailable', 'no answer', { operation: 'account' });
    const account = () => (isDown ? Promise.reject(down) : memory.account());
    const cluster = memoryCluster();
    cluster.outside.putRegistry({ name: 'default', spec: store });
    const open = async () => ({ ...memory, account });
    const { refresh } = openRegistries({ cluster, open, clock: () => t0, monotonic: () => 1 });
    expect(await refresh('default')).toMatchObject({ again: 30 });
    isDown = false;
    expect(await refresh('default')).toMatchObject({ again: 120 });
  });

  it('does not answer for now: it keeps what was known, and recovers', async () => {
    let failure: Error | undefined = new RegistryError('unavailable', 'the disk is full', { operation: 'account' });
    const { find, refresh, status } = registries(store, async () => {
      if (failure) throw failure;
      return memoryRegistry();
    });
    await refresh('default');
    expect(await find('default')).toMatchObject({
      message: 'the OAuthRegistry default is not ready: the disk is full',
    });
    failure = undefined;
    expect(await refresh('default')).toBe(true);
    expect(status().conditions).toMatchObject([{ status: 'True' }]);
  });

  it('fails by a fault of ours: the error is not kept', async () => {
    let fault: Error | undefined = new TypeError('bug');
    const { find, refresh } = registries(store, async () => {
      if (fault) throw fault;
      return memoryRegistry();
    });
    await expect(refresh('default')).rejects.toThrow('bug');
    fault = undefined;
    expect(await refresh('default')).toBe(true);
    expect(await find('default')).toHaveProperty('settings');
  });
});

describe('the users of a registry', () => {
  it('are woken although one of them looked at it before it was its turn', async () => {
    const { find, refresh } = registries(store);
    await find('default');
    expect(await refresh('default')).toBe(true);
    expect(await refresh('default')).toBe(false);
  });

  it('are woken although its status could not be written at first', async () => {
    const { cluster, refresh } = registries(store);
    cluster.failNext('writeRegistryStatus', new ClusterError('conflict', 'another write came first'));
    await expect(refresh('default')).rejects.toThrow('another write came first');
    expect(await refresh('default')).toBe(true);
  });

  it('are woken by one that was deleted and created again before anybody looked', async () => {
    const { cluster, refresh } = registries(store);
    await refresh('default');
    cluster.outside.deleteRegistry('default');
    cluster.outside.putRegistry({ name: 'default', spec: store });
    expect(await refresh('default')).toBe(true);
  });

  it('never work by what was seen of another of its name, or of another spec', async () => {
    const { cluster, find } = registries({ ...store, applicationNamePrefix: 'eu' });
    await find('default');
    cluster.outside.deleteRegistry('default');
    cluster.outside.putRegistry({ name: 'default', spec: { ...store, applicationNamePrefix: 'us' } });
    expect(await find('default')).toMatchObject({ settings: { applicationNamePrefix: 'us' } });
    cluster.outside.putRegistry({
      name: 'default',
      spec: { ...store, applicationNamePrefix: 'us', rules: [{ multiTenant: true }] },
    });
    expect(await find('default')).toMatchObject({ policy: { rules: [{ multiTenant: true }] } });
  });

  it('are not looked after any more when it is gone, or never was', async () => {
    const { cluster, controller } = await settledWorld();
    const rest = { kind: 'rest' };
    expect(await controller.registry('default', () => {})).toEqual({ kind: 'after', seconds: 120 });
    cluster.outside.deleteRegistry('default');
    expect(await controller.registry('default', () => {})).toEqual(rest);
    expect(await controller.registry('made-up', () => {})).toEqual(rest);
  });
});

describe('the users of a registry that becomes unfit', () => {
  it('say so, keep their Secret, and come back with it', async () => {
    const made = await settledWorld();
    made.cluster.outside.putRegistry({ name: 'default', spec: { ...store, type: 'Paper' } });
    await made.look();
    const before = made.secret();
    expect(await made.pass()).toEqual({ kind: 'backoff' });
    expect(made.reasons()).toMatchObject({
      Accepted: 'Succeeded',
      Registered: '?RegistryNotReady',
      Ready: '?RegistryNotReady',
      Reconciling: 'RegistryNotReady',
    });
    expect(made.secret()).toEqual(before);
    made.cluster.outside.putRegistry({ name: 'default', spec: store });
    await made.look();
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });
});

describe('the users of a registry that was created again with another prefix', () => {
  async function moved() {
    const made = await settledWorld();
    made.cluster.outside.deleteRegistry('default');
    made.cluster.outside.putRegistry({ name: 'default', spec: { ...store, applicationNamePrefix: 'eu' } });
    await made.look();
    return made;
  }

  it('keep their application and their Secret, say so, and come back with the former prefix', async () => {
    const made = await moved();
    const before = made.secret();
    expect(await made.pass()).toEqual({ kind: 'after', seconds: 120 });
    expect(made.reasons()).toMatchObject({ Registered: '!NameConflict', Stalled: 'NameConflict' });
    expect(made.cluster.events.at(-1)?.event.note).toBe(
      'this resource is bound to the application team-a.shop (4000000000000000001), and its OAuthRegistry asks for the name eu_team-a.shop now; create the OAuthRegistry with the former applicationNamePrefix',
    );
    expect((await made.registry.outside.list()).map(({ name }) => name)).toEqual(['team-a.shop']);
    expect(made.secret()).toEqual(before);
    made.cluster.outside.putRegistry({ name: 'default', spec: store });
    await made.look();
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });

  it('leave their application behind when they go, and an event says which', async () => {
    const made = await moved();
    made.cluster.outside.delete(key);
    await made.rest();
    expect((await made.registry.outside.list()).map(({ name }) => name)).toEqual(['team-a.shop']);
    expect(made.cluster.events.at(-1)?.event).toMatchObject({
      type: 'Warning',
      note: "Left application team-a.shop (4000000000000000001): it is not proven to be this resource's.",
    });
  });
});

describe('the registry that a resource names', () => {
  it.each([
    { spec: { registryRef: { name: 'eu' } }, name: 'eu' },
    { spec: {}, name: 'default' },
    { spec: { registryRef: { name: 7 } }, name: 'default' },
    { spec: undefined, name: 'default' },
  ])('in $spec is $name', ({ spec, name }) => {
    expect(registryNameOf({ spec })).toBe(name);
  });
});
