/** A registry whose reads lag behind its writes by half a minute: what was done is done once, and no status lies about it. */

import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../src/registry/errors.ts';
import { key, registryWrites, type World, world } from '../support/world.ts';

const lag = { account: { consistencyWindow: 60_000 }, delay: 30_000 };
const lost = (operation: string) => new RegistryError('uncertain', 'no answer', { operation });

async function created() {
  const made = await world(lag);
  made.apply();
  await made.pass();
  expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
  made.registry.calls.length = 0;
  return made;
}

/** Everything there is in the account. */
async function account({ registry }: World) {
  const applications = await registry.outside.list();
  return applications.map(
    ({ name, displayName, clientSecrets }) => `${name} "${displayName}" ${clientSecrets?.length}`,
  );
}

describe('what was just created', () => {
  it.each([0, 10_000, 29_000])('is not missing %i ms later, and an edit reaches it', async (later) => {
    const made = await created();
    made.advance(later);
    made.apply({ displayName: 'Edited' });
    await made.pass();
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
    expect(registryWrites(made)).toEqual(['update']);
    expect(await account(made)).toEqual(['team-a.shop "Edited" 1']);
  });

  it('is not missing for a list that does not show it', async () => {
    const made = await created();
    for (let looks = 0; looks < 5; looks++) {
      await made.resync();
      await made.pass();
      expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
    }
    expect(registryWrites(made)).toEqual([]);
  });

  it.each([0, 10_000])('is deleted with its resource %i ms later, not left behind', async (later) => {
    const made = await created();
    made.advance(later);
    made.cluster.outside.delete(key);
    await made.rest();
    expect(made.cluster.outside.resource(key)).toBeUndefined();
    expect(await account(made)).toEqual([]);
  });

  it('has its Secret again, with the same client secret', async () => {
    const made = await created();
    const { client_secret: value } = made.values();
    made.advance(31_000);
    made.cluster.outside.deleteSecret('team-a', 'shop');
    await made.rest();
    expect(made.values()['client_secret']).toBe(value);
    expect(registryWrites(made)).toEqual([]);
  });
});

it('an update is not made again for a read that does not show it', async () => {
  const made = await created();
  made.apply({ displayName: 'Edited' });
  await made.pass();
  made.apply({ displayName: 'Edited', scopes: ['openid', 'aliuid'] });
  await made.pass();
  const updates = made.registry.calls.filter(({ operation }) => operation === 'update').map(({ args }) => args[1]);
  expect(updates).toMatchObject([{ displayName: 'Edited' }, { scopes: ['openid', 'aliuid'] }]);
  expect(updates[1]).not.toHaveProperty('displayName');
});

describe('what may have been made, and is not seen yet', () => {
  it.each(['before', 'after'] as const)(
    'an application is not made again meanwhile: lost %s its effect',
    async (when) => {
      const made = await world(lag);
      made.apply();
      made.registry.failNext('create', lost('create'), when);
      await made.pass();
      for (let passes = 0; passes < 3; passes++) {
        made.advance(2_000);
        await made.pass();
        expect(made.reasons()).toMatchObject({ Registered: '?CreationUncertain' });
      }
      expect(registryWrites(made)).toEqual(['create']);
      await made.rest();
      expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
      expect(await account(made)).toEqual(['team-a.shop "Shop" 1']);
      expect(registryWrites(made).filter((call) => call === 'create')).toHaveLength(when === 'before' ? 2 : 1);
    },
  );

  it('a client secret is not issued again meanwhile, and is the one that is delivered', async () => {
    const made = await world(lag);
    made.apply();
    made.registry.failNext('issueClientSecret', lost('issueClientSecret'), 'after');
    await made.pass();
    made.advance(1_000);
    await made.pass();
    expect(registryWrites(made)).toEqual(['create', 'issueClientSecret']);
    made.advance(64_000);
    await made.rest();
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
    expect(registryWrites(made)).toEqual(['create', 'issueClientSecret']);
    expect(await account(made)).toEqual(['team-a.shop "Shop" 1']);
  });

  it('keeps a resource that is deleted meanwhile until it would be', async () => {
    const made = await world(lag);
    made.apply();
    made.registry.failNext('create', lost('create'), 'after');
    await made.pass();
    made.cluster.outside.delete(key);
    await made.pass();
    expect(made.reasons()).toMatchObject({ Ready: '!DeletionBlocked' });
    made.advance(64_000);
    await made.rest();
    expect(await account(made)).toEqual([]);
  });
});

it('what somebody deletes in the account is created again, once its absence was seen twice', async () => {
  const made = await created();
  made.advance(120_000);
  await made.registry.outside.delete((await made.registry.outside.find('team-a.shop'))?.id ?? '');
  made.registry.calls.length = 0;
  for (let looks = 0; looks < 4; looks++) {
    await made.resync();
    await made.pass();
  }
  await made.rest();
  expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
  expect(registryWrites(made)).toEqual(['create', 'issueClientSecret']);
});
