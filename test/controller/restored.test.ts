/** What a backup brings back: resources and Secrets without status and owners, under other UIDs, in either order. */

import { describe, expect, it } from 'vitest';
import type { Resource } from '../../src/core/resource.ts';
import { clusterWrites, key, registryWrites, settledWorld, type World } from '../support/world.ts';

const registries = [
  { registry: 'a registry that gives values again', options: {} },
  { registry: 'a registry that never does', options: { readable: false, listsClientSecrets: false } },
];
const policies = [{ spec: {} }, { spec: { deletionPolicy: 'Orphan' } }];
const cases = registries.flatMap((each) => policies.map((policy) => ({ ...each, ...policy })));

interface Backup {
  readonly secret: ReturnType<World['secret']>;
  readonly resource: Resource;
}

/**
 * What a backup tool keeps, and a cluster that has lost everything but its registry. Seconds later: by their age alone the
 * intents could be of the resource that is to come.
 */
async function lost(made: World): Promise<Backup> {
  const backup = { secret: made.secret(), resource: made.resource() };
  made.cluster.outside.edit(key, { finalizers: [] });
  made.cluster.outside.delete(key);
  made.cluster.outside.deleteSecret('team-a', 'shop');
  made.advance(1_000);
  return backup;
}

function bringSecret({ cluster }: World, { secret }: Backup): void {
  cluster.outside.putSecret('team-a', 'shop', { ...secret, ownerReferences: [] });
}

function bringResource(made: World, { resource: { spec, annotations, finalizers } }: Backup): void {
  made.cluster.outside.apply(key, spec);
  made.cluster.outside.edit(key, { annotations, finalizers });
}

describe.each(cases)('in $registry, with $spec', ({ spec, options }) => {
  it('Secrets first: the same client with the same client secret, nothing created, and all of it ours again', async () => {
    const made = await settledWorld(spec, options);
    const before = made.values();
    const backup = await lost(made);
    bringSecret(made, backup);
    bringResource(made, backup);
    await made.rest();
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
    expect(made.values()).toEqual(before);
    expect(registryWrites(made)).toEqual([]);
    expect(made.resource().status).toMatchObject({ provenance: 'Created', clientID: before['client_id'] });
    expect(made.secret()?.annotations['ramify.dev/application-uid']).toBe(made.resource().uid);
    made.cluster.writes.length = 0;
    await made.pass();
    expect(clusterWrites(made)).toEqual([]);

    made.apply({ ...spec, deletionPolicy: 'Delete' });
    made.cluster.outside.delete(key);
    await made.rest();
    expect(await made.registry.outside.list()).toEqual([]);
    expect(made.secret()).toBeUndefined();
  });
});

describe.each(cases)('in $registry, with $spec', ({ spec, options }) => {
  it('resources first: the Secret that follows is waited for, and it is the same client with the same client secret', async () => {
    const made = await settledWorld(spec, options);
    const before = made.values();
    const backup = await lost(made);
    bringResource(made, backup);
    await made.pass();
    made.advance(30_000);
    await made.pass();
    bringSecret(made, backup);
    await made.rest();
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
    expect(made.values()).toEqual(before);
    expect(registryWrites(made)).toEqual([]);
    made.cluster.writes.length = 0;
    await made.pass();
    expect(clusterWrites(made)).toEqual([]);
  });
});

describe('a Secret that no backup brings back', () => {
  it('is made again with the same client secret where the registry gives values again', async () => {
    const made = await settledWorld();
    const before = made.values();
    bringResource(made, await lost(made));
    await made.rest();
    expect(made.values()).toEqual(before);
    expect(registryWrites(made)).toEqual([]);
  });

  it('is waited for where it does not; then another client secret is issued, and the one that is not known stays', async () => {
    const made = await settledWorld({}, { readable: false, listsClientSecrets: false });
    const before = made.values();
    bringResource(made, await lost(made));
    expect(await made.pass()).toEqual({ kind: 'after', seconds: 300 });
    expect(made.reasons()).toMatchObject({ Registered: 'Succeeded', SecretReady: '!SecretUnaccounted' });
    expect(made.reasons()).not.toHaveProperty('Stalled');
    expect(registryWrites(made)).toEqual([]);
    made.advance(300_000);
    await made.rest();
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
    expect(made.values()).toMatchObject({ client_id: before['client_id'] });
    expect(made.values()['client_secret']).not.toBe(before['client_secret']);
    const [application] = await made.registry.outside.list();
    expect(await made.registry.outside.clientSecrets(application?.id ?? '')).toHaveLength(2);
  });
});

describe('a Secret with marks of another', () => {
  const other = 'ffffffff-ffff-4fff-8fff-ffffffffffff';
  const binding =
    (changes: object) =>
    (text = '{}') =>
      JSON.stringify({ ...JSON.parse(text), ...changes });

  it.each([
    { whose: 'a living resource', binding: binding({}), lives: true },
    { whose: 'another OAuthRegistry', binding: binding({ registry: 'other' }) },
    { whose: 'another account', binding: binding({ accountID: '1' }) },
    { whose: 'another application', binding: binding({ applicationName: 'team-a.till' }) },
    { whose: 'nobody, unreadable', binding: () => '{' },
    { whose: 'another type', binding: binding({}), type: 'kubernetes.io/tls' },
    { whose: 'an application that is gone', binding: binding({}), isGone: true },
  ])('$whose is not taken over', async ({ binding: changed, lives = false, type = 'Opaque', isGone = false }) => {
    const made = await settledWorld();
    const backup = await lost(made);
    const { annotations = {}, ...rest } = backup.secret ?? {};
    const marks = {
      'ramify.dev/binding': changed(annotations['ramify.dev/binding']),
      'ramify.dev/application-uid': other,
    };
    const theirs = { ...rest, type, ownerReferences: [], annotations: { ...annotations, ...marks } };
    const before = made.cluster.outside.putSecret('team-a', 'shop', theirs);
    bringResource(made, backup);
    if (lives) made.cluster.outside.store({ ...made.resource(), name: 'till', uid: other, finalizers: [] });
    if (isGone) for (const { id } of await made.registry.outside.list()) await made.registry.outside.delete(id);
    await made.pass();
    expect(made.reasons()).toMatchObject({ SecretReady: '!SecretConflict' });
    expect(made.secret()).toEqual(before);
    expect(registryWrites(made)).toEqual([]);
  });

  it('loses the owner of its earlier life, which would be a second controller', async () => {
    const made = await settledWorld();
    const backup = await lost(made);
    made.cluster.outside.putSecret('team-a', 'shop', { ...backup.secret });
    bringResource(made, backup);
    await made.rest();
    expect(made.secret()?.ownerReferences.map(({ uid }) => uid)).toEqual([made.resource().uid]);
  });
});
