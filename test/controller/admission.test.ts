/** What rules grant and take away: nothing is written before a grant, and nothing deleted after one is lost. */

import { describe, expect, it } from 'vitest';
import type { Key } from '../../src/cluster/cluster.ts';
import type { Resource } from '../../src/core/resource.ts';
import { stranger, t0 } from '../support/builders.ts';
import { clusterWrites, key, registryWrites, settledWorld, type World, world } from '../support/world.ts';

const store = { type: 'Store', store: { issuerURL: 'https://login.example' } };
const gold = { matchLabels: { tier: 'gold' } };
const named = { applicationName: 'Storefront' };
const granting = { ...store, rules: [{ applicationNames: ['storefront'] }] };
const rival = 'team-b/rival';

/** Changes the OAuthRegistry, has it looked at, and returns whom that wakes. */
async function configure(made: World, spec: object): Promise<readonly Key[]> {
  made.cluster.outside.putRegistry({ name: 'default', spec });
  const woken: Key[] = [];
  await made.controller.registry('default', (keys) => woken.push(...keys));
  made.cluster.writes.length = 0;
  return woken;
}

const labels = (name: string, tier: string) => ({ 'kubernetes.io/metadata.name': name, tier });

describe('an explicit name', () => {
  it('that a rule grants is the name of the application', async () => {
    const made = await settledWorld(named, { registrySpec: granting });
    expect(await made.registry.outside.find('storefront')).toMatchObject({ name: 'Storefront' });
    expect(made.values()).toMatchObject({ application_name: 'Storefront' });
    made.cluster.outside.delete(key);
    await made.rest();
    expect(await made.registry.outside.list()).toEqual([]);
    expect(made.secret()).toBeUndefined();
  });

  it('that a rule grants no more: said, and nothing is written or deleted', async () => {
    const made = await settledWorld(named, { registrySpec: granting });
    expect(await configure(made, store)).toEqual([key]);
    made.apply({ ...named, displayName: 'Renamed' });
    expect(await made.pass()).toEqual({ kind: 'terminal' });
    expect(made.reasons()).toMatchObject({ Accepted: '!PolicyViolation', Ready: '!PolicyViolation' });
    expect(clusterWrites(made)).toEqual(['writeStatus']);
    expect(registryWrites(made)).toEqual([]);
    expect(made.resource().status.clientID).toBeDefined();
    expect(await configure(made, granting)).toEqual([key]);
    await made.rest();
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
  });

  it('that is granted no more is not ours to delete: application and Secret stay, and an event says so', async () => {
    const made = await settledWorld(named, { registrySpec: granting });
    await configure(made, store);
    made.cluster.outside.delete(key);
    await made.rest();
    expect(made.cluster.outside.resource(key)).toBeUndefined();
    expect(registryWrites(made)).toEqual([]);
    expect(made.secret()?.ownerReferences).toEqual([]);
    expect(made.cluster.events.at(-1)?.event).toMatchObject({ type: 'Warning', reason: 'NameConflict' });
  });

  it('of an application that is older than the resource proves nothing, whatever the status says', async () => {
    const made = await world({ registrySpec: granting });
    const theirs = await made.registry.outside.create({ ...stranger, name: 'storefront' }, 'theirs');
    made.advance(60_000);
    made.apply(named);
    made.cluster.outside.edit(key, { status: { observedGeneration: 1, applicationID: theirs.id } });
    await made.rest();
    expect(made.reasons()).toMatchObject({ Registered: '!NameConflict' });
    expect(made.registry.calls.map(({ operation }) => operation)).not.toContain('clientSecrets');
    expect(made.resource().finalizers).toEqual([]);
    made.cluster.outside.edit(key, { finalizers: ['ramify.dev/application'] });
    made.cluster.outside.delete(key);
    await made.rest();
    expect(await made.registry.outside.list()).toMatchObject([theirs]);
    expect(registryWrites(made)).toEqual([]);
  });

  it('of a derived form is nobody’s, whatever a rule says', async () => {
    const made = await world({ registrySpec: { ...store, rules: [{ applicationNames: ['*'] }] } });
    made.apply({ applicationName: 'team-b.shop' });
    await made.rest();
    expect(made.reasons()).toMatchObject({ Accepted: '!PolicyViolation' });
    expect(made.registry.calls).toEqual([]);
  });
});

describe('two resources that want one name', () => {
  const both = async (): Promise<World> => {
    const made = await world({ registrySpec: granting });
    made.apply(named);
    made.advance(5_000);
    made.apply({ applicationName: 'storefronT' }, rival);
    return made;
  };

  it('the older has it, also if it comes late; the other says who, and takes over when it goes', async () => {
    const made = await both();
    await made.rest({ resourceKey: rival });
    expect(made.reasons(rival)).toMatchObject({ Registered: '!NameConflict', Stalled: 'NameConflict' });
    const message = made.resource(rival).status.conditions?.find(({ type }) => type === 'Registered')?.message;
    expect(message).toContain('held by one of another namespace');
    expect(clusterWrites(made)).toEqual(['writeStatus']);
    await made.rest();
    made.cluster.outside.delete(key);
    await made.rest();
    await made.rest({ resourceKey: rival });
    expect(made.reasons(rival)).toMatchObject({ Ready: 'Succeeded' });
  });

  it('the one that is bound keeps it', async () => {
    const made = await world({ registrySpec: granting });
    made.apply(named, rival);
    await made.rest({ resourceKey: rival });
    const older: Resource = { ...made.resource(rival), namespace: 'team-a', name: 'shop', uid: 'older' };
    made.cluster.outside.store({
      ...older,
      creationTime: t0 - 1,
      finalizers: [],
      annotations: {},
      status: { observedGeneration: -1 },
    });
    await made.rest();
    expect(made.reasons()).toMatchObject({ Registered: '!NameConflict' });
  });

  it('one that forges the other’s ID and goes takes nothing along', async () => {
    const made = await both();
    await made.rest();
    const { applicationID } = made.resource().status;
    const forged = {
      observedGeneration: 1,
      provenance: 'Created' as const,
      ...(applicationID !== undefined && { applicationID }),
    };
    made.cluster.outside.edit(rival, { status: forged, finalizers: ['ramify.dev/application'] });
    made.cluster.outside.delete(rival);
    await made.rest({ resourceKey: rival });
    expect(await made.registry.outside.list()).toHaveLength(1);
  });
});

describe('a claim to a name', () => {
  const gained = { ...store, rules: [{ namespaceSelector: gold, applicationNames: ['storefront'] }] };
  const forged = {
    'ramify.dev/binding': JSON.stringify({
      registry: 'default',
      accountID: '1000000000000001',
      applicationName: 'storefront',
      provenance: 'Created',
    }),
  };

  it.each([
    { marks: 'without marks', edit: {} },
    { marks: 'with a forged binding', edit: { annotations: forged } },
    { marks: 'with a forged status', edit: { status: { observedGeneration: 1, applicationID: '4' } } },
  ])('AT22: that no rule grants keeps it from nobody, $marks', async ({ edit }) => {
    const made = await world({ registrySpec: gained });
    made.apply(named, rival);
    made.cluster.outside.edit(rival, edit);
    made.advance(5_000);
    made.cluster.outside.labelNamespace('team-a', { tier: 'gold' });
    made.apply(named);
    await made.rest();
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
    made.cluster.outside.delete(key);
    await made.rest();
    expect(await made.registry.outside.list()).toEqual([]);
  });

  it('AT22: of a form that another OAuthRegistry of the account derives is nobody’s', async () => {
    const made = await world({
      registrySpec: { ...store, applicationNamePrefix: 'a', rules: [{ applicationNames: ['*'] }] },
    });
    made.cluster.outside.putRegistry({ name: 'other', spec: { ...store, applicationNamePrefix: 'b' } });
    await made.controller.registry('other', () => undefined);
    made.apply({ applicationName: 'b_team-b.shop' });
    made.apply({ registryRef: { name: 'other' } }, 'team-b/shop');
    await made.rest({ resourceKey: 'team-b/shop' });
    const [theirs] = await made.registry.outside.list();
    const status = { observedGeneration: 1, provenance: 'Created' as const, applicationID: theirs?.id ?? '' };
    made.cluster.outside.edit(key, { status, finalizers: ['ramify.dev/application'] });
    made.registry.calls.length = 0;
    await made.rest();
    expect(made.reasons()).toMatchObject({ Accepted: '!PolicyViolation' });
    made.cluster.outside.delete(key);
    await made.rest();
    expect(registryWrites(made)).toEqual([]);
    expect(await made.registry.outside.list()).toHaveLength(1);
  });
});

describe('a namespace', () => {
  it('that the registry is not for is told so, and nothing is asked of the registry', async () => {
    const made = await world({ registrySpec: { ...store, namespaceSelector: gold } });
    made.apply();
    expect(await made.pass()).toEqual({ kind: 'terminal' });
    expect(made.reasons()).toMatchObject({ Accepted: '!NamespaceNotAllowed', Stalled: 'NamespaceNotAllowed' });
    expect(clusterWrites(made)).toEqual(['writeStatus']);
    expect(made.registry.calls).toEqual([]);
    made.cluster.outside.labelNamespace('team-a', { tier: 'gold' });
    await made.rest();
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
  });

  it('that loses the registry keeps what it has; a derived name goes with its resource all the same', async () => {
    const made = await settledWorld();
    await configure(made, { ...store, namespaceSelector: gold });
    await made.pass();
    expect(made.reasons()).toMatchObject({ Accepted: '!NamespaceNotAllowed' });
    expect(registryWrites(made)).toEqual([]);
    expect(made.secret()).toBeDefined();
    made.cluster.outside.delete(key);
    await made.rest();
    expect(await made.registry.outside.list()).toEqual([]);
  });

  it('AT44: has as many applications as the rule says, the oldest first; the next follows when one goes', async () => {
    const made = await world({ registrySpec: { ...store, rules: [{ maxApplications: 2 }] } });
    const keys = ['team-a/shop', 'team-a/b', 'team-a/c', 'team-b/d'];
    for (const each of keys) {
      made.apply({}, each);
      made.advance(1_000);
    }
    const ready = async () => {
      for (const each of keys.filter((known) => made.cluster.read(known))) await made.rest({ resourceKey: each });
      return keys.map((each) => made.cluster.read(each) && made.reasons(each)['Ready']);
    };
    expect(await ready()).toEqual(['Succeeded', 'Succeeded', '!PolicyViolation', 'Succeeded']);
    made.cluster.outside.delete(key);
    await made.rest();
    expect(await ready()).toEqual([undefined, 'Succeeded', 'Succeeded', 'Succeeded']);
  });
});

describe('a change wakes those that it concerns, and no others', () => {
  const two = async () => {
    const made = await settledWorld();
    made.cluster.outside.labelNamespace('team-a', { tier: 'gold' });
    made.apply({}, rival);
    made.apply({ registryRef: { name: 'other' } }, 'team-a/elsewhere');
    return made;
  };

  it.each([
    {
      change: 'a rule for one namespace',
      spec: { rules: [{ namespaceSelector: gold, multiTenant: true }] },
      woken: [key],
    },
    { change: 'a rule for all', spec: { rules: [{ multiTenant: true }] }, woken: [key, rival] },
    { change: 'a rule that says nothing new', spec: { rules: [{ multiTenant: false }] }, woken: [] },
    { change: 'a selector', spec: { namespaceSelector: gold }, woken: [rival] },
    { change: 'the interval', spec: { resyncInterval: '30s' }, woken: [key, rival] },
    { change: 'how fast it is called', spec: { rateLimit: { burst: 3 } }, woken: [] },
  ])('$change', async ({ spec, woken }) => {
    expect(await configure(await two(), { ...store, ...spec })).toEqual(woken);
  });

  it.each([
    { rules: [{ namespaceSelector: gold, multiTenant: true }], woken: [key] },
    { rules: [{ multiTenant: true }], woken: [] },
  ])('labels, with $rules', async ({ rules, woken }) => {
    const made = await two();
    await configure(made, { ...store, rules });
    const { relabelled } = made.controller;
    expect(relabelled('team-a', labels('team-a', 'lead'), labels('team-a', 'gold'))).toEqual(woken);
    expect(relabelled('team-a', labels('team-a', 'lead'), labels('team-a', 'iron'))).toEqual([]);
    expect(relabelled('team-c', labels('team-c', 'lead'), labels('team-c', 'gold'))).toEqual([]);
  });
});
