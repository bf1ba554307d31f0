/** What an OAuthRegistry says of its account and of its users, and how it goes. */

import { describe, expect, it } from 'vitest';
import { parseRegistryStatus } from '../../src/api/parse.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import { stranger } from '../support/builders.ts';
import { clusterWrites, key, registryWrites, settledWorld, type World, world } from '../support/world.ts';

const store = { type: 'Store', store: { issuerURL: 'https://login.example' } };
const status = ({ cluster }: World) => parseRegistryStatus(cluster.registries()[0]?.status);
const lists = ({ registry }: World) => registry.calls.filter(({ operation }) => operation === 'list').length;

function drop(made: World): void {
  made.cluster.outside.putRegistry({ name: 'default', spec: store, isGoing: true });
}

const create = (made: World, name: string) => made.registry.outside.create({ ...stranger, name }, name);

describe('the survey of an account', () => {
  it('counts names under our prefix that nobody claims, and shows the first 20', async () => {
    const made = await world({ registrySpec: { ...store, applicationNamePrefix: 'eu' } });
    made.apply({ applicationName: 'eu_claimed' });
    made.apply({ suspend: true }, 'team-a/suspended');
    const strays = Array.from({ length: 25 }, (_, n) => `eu_team-z.app-${String(n).padStart(2, '0')}`);
    for (const name of [...strays, 'EU_team-a.suspended', 'eu_claimed', 'us_team-a.other', 'storefront'])
      await create(made, name);
    made.advance(120_000);
    await made.look();
    expect(status(made).unclaimed).toEqual({ count: 25, names: strays.slice(0, 20) });
    expect(registryWrites(made)).toEqual([]);
  });

  it('takes no name for unclaimed that a resource of another registry claims', async () => {
    const made = await world({ registrySpec: store });
    made.cluster.outside.putRegistry({ name: 'eu', spec: { ...store, applicationNamePrefix: 'eu' } });
    made.apply({ registryRef: { name: 'eu' } });
    for (const name of ['eu_team-a.shop', 'team-b.lost']) await create(made, name);
    made.advance(120_000);
    await made.look();
    expect(status(made).unclaimed).toEqual({ count: 1, names: ['team-b.lost'] });
  });

  it('is one list for each interval, and no write for itself alone', async () => {
    const made = await settledWorld();
    await made.look();
    made.cluster.writes.length = 0;
    const before = status(made).lastListTime;
    for (let looks = 0; looks < 12; looks++) {
      made.advance(60_000);
      await made.look();
    }
    expect(lists(made)).toBe(6);
    expect(clusterWrites(made)).toEqual([]);
    expect(status(made).lastListTime).toBe(before);
    await create(made, 'team-z.lost');
    made.advance(120_000);
    await made.look();
    expect(clusterWrites(made)).toEqual(['writeRegistryStatus']);
    expect(status(made)).toMatchObject({ lastListTime: '2026-01-01T00:14:00Z', unclaimed: { count: 1 } });
  });

  it('that fails is why the registry is not ready', async () => {
    const made = await world();
    made.advance(120_000);
    made.registry.failNext('list', new RegistryError('denied', 'may not list', { operation: 'list' }));
    await made.look();
    expect(status(made).conditions).toMatchObject([
      { status: 'False', reason: 'PermissionDenied', message: 'may not list' },
    ]);
    await made.look();
    expect(status(made).conditions).toMatchObject([{ status: 'True' }]);
  });
});

describe('a registry that is being deleted', () => {
  it('is held from the first look on, and once', async () => {
    const made = await world();
    expect(made.cluster.registries()).toMatchObject([{ finalizers: ['ramify.dev/registry'] }]);
    await made.look();
    expect(clusterWrites(made)).toEqual([]);
  });

  it('goes at once where nobody uses it', async () => {
    const made = await world();
    made.apply({ suspend: true });
    drop(made);
    await made.look();
    expect(made.cluster.registries()).toEqual([]);
    expect(registryWrites(made)).toEqual([]);
  });

  it('goes too if it never was fit', async () => {
    const made = await world();
    made.cluster.outside.putRegistry({ name: 'default', spec: { type: 'Paper' }, isGoing: true });
    await made.look();
    expect(made.cluster.registries()).toEqual([]);
  });

  it('stays while it is used, says by whom, and serves them; then it goes', async () => {
    const made = await settledWorld();
    drop(made);
    await made.look();
    expect(status(made).conditions).toMatchObject([
      {
        status: 'False',
        reason: 'DeletionBlocked',
        message: expect.stringContaining(`by 1 OAuthApplications: ${key};`),
      },
    ]);
    made.apply({ displayName: 'Renamed' });
    await made.rest();
    expect(await made.application()).toMatchObject({ displayName: 'Renamed' });
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
    made.cluster.outside.delete(key);
    await made.rest();
    expect(await made.registry.outside.list()).toEqual([]);
    await made.look();
    expect(made.cluster.registries()).toEqual([]);
  });

  it('gets no further application, not for a new resource and not for a lost one', async () => {
    const made = await settledWorld();
    made.apply({}, 'team-a/new');
    drop(made);
    await made.look();
    made.registry.calls.length = 0;
    expect(await made.pass('team-a/new')).toEqual({ kind: 'backoff' });
    expect(made.registry.calls).toEqual([]);
    expect(made.reasons('team-a/new')).toMatchObject({ Accepted: 'Succeeded', Registered: '?RegistryNotReady' });
    expect(made.resource('team-a/new').finalizers).toEqual([]);
    await made.registry.outside.delete((await made.application())?.id ?? '');
    await made.resync();
    await made.pass();
    expect(made.reasons()).toMatchObject({ Registered: '?RegistryNotReady' });
    expect(registryWrites(made)).toEqual([]);
  });

  it('names ten of its users and counts the rest', async () => {
    const made = await world();
    for (let n = 0; n < 12; n++) {
      made.apply({}, `team-a/app-${n}`);
      await made.rest({ resourceKey: `team-a/app-${n}` });
    }
    drop(made);
    await made.look();
    expect(status(made).conditions?.[0]?.message).toMatch(/by 12 OAuthApplications: (team-a\/app-\d+, ){10}2 more; /);
  });
});

describe('a registry that is gone', () => {
  it('is a condition of its users, and never a deletion', async () => {
    const made = await settledWorld();
    made.cluster.outside.deleteRegistry('default');
    await made.look();
    await made.pass();
    expect(made.reasons()).toMatchObject({ Accepted: '!RegistryNotFound' });
    expect(registryWrites(made)).toEqual([]);
    expect(await made.application()).toBeDefined();
    expect(made.secret()).toBeDefined();
  });
});
