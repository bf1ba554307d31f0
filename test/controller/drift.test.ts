/** What a change of the registry behind our back leads to. */

import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../src/registry/errors.ts';
import { registryWrites, settledWorld, type World } from '../support/world.ts';

const drifts = [
  { field: 'displayName', value: 'Drifted' },
  { field: 'accessTokenValiditySeconds', value: 901 },
  { field: 'refreshTokenValiditySeconds', value: 7_201 },
  { field: 'redirectURIs', value: ['https://drifted.example/cb'] },
  { field: 'scopes', value: ['openid', 'aliuid'] },
  { field: 'requiredScopes', value: ['openid', 'profile'] },
  { field: 'multiTenant', value: true },
  { field: 'secretRequired', value: false },
] as const;

const driftable = { type: 'Native', secretRequired: true, scopes: ['openid', 'profile', 'aliuid'] };

async function drifted(changes: object, policy: 'Correct' | 'Report'): Promise<World> {
  const made = await settledWorld({ ...driftable, driftPolicy: policy });
  await made.registry.outside.update((await made.application())?.id ?? '', changes);
  await made.resync();
  made.registry.calls.length = 0;
  return made;
}

describe('drift', () => {
  it.each(drifts)('of $field is set right', async ({ field, value }) => {
    const made = await drifted({ [field]: value }, 'Correct');
    await made.rest();
    expect(registryWrites(made)).toEqual(['update']);
    expect((await made.application())?.[field]).not.toEqual(value);
    expect(made.cluster.events.map(({ event }) => event.note)).toEqual([expect.stringContaining(field)]);
    expect(made.resource().status.drift).toBeUndefined();
  });

  it.each(drifts)('of $field is only listed where the spec says so', async ({ field, value }) => {
    const made = await drifted({ [field]: value }, 'Report');
    await made.rest();
    expect(registryWrites(made)).toEqual([]);
    expect(made.reasons()).toMatchObject({
      Registered: '!DriftDetected',
      SecretReady: 'Succeeded',
      Ready: '!DriftDetected',
      Reconciling: 'DriftDetected',
    });
    const observed = JSON.stringify(Array.isArray(value) ? value.toSorted() : value);
    expect(made.resource().status.drift?.filter((each) => each.field === field)).toEqual([
      { field, desired: expect.any(String), observed },
    ]);

    made.cluster.writes.length = 0;
    made.advance(120_000);
    await made.pass();
    expect(made.cluster.writes).toEqual([]);
  });

  it('AT29: a redirect URI that somebody adds in the console is removed', async () => {
    const uris = ['https://shop.example/cb', 'https://evil.example/cb'];
    const made = await drifted({ redirectURIs: uris }, 'Correct');
    await made.rest();
    expect((await made.application())?.redirectURIs).toEqual(['https://shop.example/cb']);
    const told = `redirectURIs (["https://evil.example/cb","https://shop.exampl… → ["https://shop.example/cb"])`;
    expect(made.cluster.events[0]?.event.note).toBe(`Updated ${told} of application team-a.shop.`);
  });

  it('in nothing but the order of a list, or a repetition, is none', async () => {
    const made = await settledWorld({ scopes: ['openid', 'profile', 'aliuid'] });
    const id = (await made.application())?.id ?? '';
    await made.registry.outside.update(id, { scopes: ['aliuid', 'profile', 'openid'] });
    await made.resync();
    await made.rest();
    expect(registryWrites(made)).toEqual([]);
  });

  it('that was listed is set right once the policy says so', async () => {
    const made = await drifted({ displayName: 'Drifted' }, 'Report');
    await made.rest();
    made.apply(driftable);
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
    expect(made.resource().status.drift).toBeUndefined();
  });

  it('that is left alone closes an intent all the same', async () => {
    const made = await drifted({ displayName: 'Drifted' }, 'Report');
    const id = (await made.application())?.id ?? '';
    for (const secret of await made.registry.outside.clientSecrets(id))
      await made.registry.outside.deleteClientSecret(id, secret.id);
    await made.resync();
    await made.rest();
    expect(made.reasons()).toMatchObject({ Registered: '!DriftDetected', SecretReady: 'Succeeded' });
    expect(made.resource().status.lastOperation?.kind).toBe('IssueClientSecret');
  });
});

describe('what goes in the account', () => {
  it('an application is created again after a second look, with a new client ID', async () => {
    const made = await settledWorld();
    const former = (await made.application())?.clientID;
    await made.registry.outside.delete((await made.application())?.id ?? '');
    await made.resync();

    expect(await made.pass()).toEqual({ kind: 'after', seconds: 1 });
    expect(made.reasons()).toMatchObject({
      Registered: '!ApplicationMissing',
      Ready: '!ApplicationMissing',
      Reconciling: 'ApplicationMissing',
    });
    expect(registryWrites(made)).toEqual([]);
    await made.pass();
    expect(registryWrites(made), 'a look too early').toEqual([]);

    made.advance(1_000);
    await made.rest();
    expect(registryWrites(made)).toEqual(['create', 'issueClientSecret']);
    expect(made.values()['client_id']).toBe((await made.application())?.clientID);
    expect(made.values()['client_id']).not.toBe(former);
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });

  it('an application is believed gone only a consistency window later', async () => {
    const made = await settledWorld({}, { account: { consistencyWindow: 60_000 } });
    await made.registry.outside.delete((await made.application())?.id ?? '');
    await made.resync();
    expect(await made.pass()).toEqual({ kind: 'after', seconds: 60 });
    made.advance(59_000);
    expect(await made.pass()).toMatchObject({ kind: 'after' });
    expect(registryWrites(made)).toEqual([]);
  });

  it('an application waits for a person where drift is only reported', async () => {
    const made = await settledWorld({ driftPolicy: 'Report' });
    await made.registry.outside.delete((await made.application())?.id ?? '');
    await made.resync();
    for (const _look of [1, 2, 3]) {
      await made.pass();
      made.advance(120_000);
    }
    expect(registryWrites(made)).toEqual([]);
    expect(made.reasons()).toMatchObject({ Registered: '!ApplicationMissing', Stalled: 'ApplicationMissing' });
  });

  it('a missing application does not cost the old Secret when the name of the Secret changes', async () => {
    const made = await settledWorld();
    await made.registry.outside.delete((await made.application())?.id ?? '');
    made.apply({ secret: { name: 'other' } });
    await made.pass();
    expect(made.secret('shop')).toBeDefined();
  });

  it('an application that vanishes under an update is looked for again', async () => {
    const made = await settledWorld();
    made.apply({ displayName: 'Store' });
    made.registry.failNext('update', new RegistryError('absent', 'it is not there', { operation: 'update' }));
    expect(await made.pass()).toEqual({ kind: 'after', seconds: 1 });
    expect(made.reasons()['Registered']).toBe('!ApplicationMissing');
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });

  it('a client secret is replaced by a new one with the next list', async () => {
    const made = await settledWorld();
    const before = made.values();
    const id = (await made.application())?.id ?? '';
    const [deleted] = await made.registry.outside.clientSecrets(id);
    await made.registry.outside.deleteClientSecret(id, deleted?.id ?? '');
    await made.resync();
    await made.pass();
    expect(registryWrites(made)).toEqual(['issueClientSecret']);
    expect(made.values()['client_secret']).not.toBe(before['client_secret']);
    expect(made.values()['client_id']).toBe(before['client_id']);
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });

  it('client secrets that are not ours are never deleted, and with both slots taken by them we stop', async () => {
    const made = await settledWorld();
    const id = (await made.application())?.id ?? '';
    await made.registry.outside.issueClientSecret(id, 'by a person');
    const [ours] = await made.registry.outside.clientSecrets(id);
    await made.registry.outside.deleteClientSecret(id, ours?.id ?? '');
    await made.registry.outside.issueClientSecret(id, 'by the same person');
    await made.resync();
    await made.rest();
    expect(registryWrites(made)).toEqual([]);
    expect(made.reasons()).toMatchObject({ Registered: 'Succeeded', SecretReady: '!SecretSlotsExhausted' });
  });
});
