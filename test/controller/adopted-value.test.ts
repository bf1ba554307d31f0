/** Which client secret of an adopted application is delivered, and that none of them goes. */

import { describe, expect, it } from 'vitest';
import { adopting, consoleWorld, given, message, ref, valueOf } from '../support/console-world.ts';
import { registryWrites, type World } from '../support/world.ts';

describe('the client secret of an adopted application', () => {
  it('is the newest of two', async () => {
    const made = await consoleWorld({ secrets: 2 });
    made.apply(adopting);
    await made.rest();
    expect(made.resource().status.clientSecrets).toMatchObject([{ id: made.made.secrets[1] }]);
    expect(made.values()['client_secret']).toBe(await valueOf(made, made.made.id, made.made.secrets[1]));
  });

  it('is the one of two whose value the spec names', async () => {
    const made = await consoleWorld({ secrets: 2 });
    given(made, (await valueOf(made, made.made.id, made.made.secrets[0])) ?? '');
    made.apply({ ...adopting, ...ref });
    await made.rest();
    expect(made.resource().status.clientSecrets).toMatchObject([{ id: made.made.secrets[0] }]);
    expect(made.values()['client_secret']).toBe(await valueOf(made, made.made.id, made.made.secrets[0]));
  });

  it('is the value that the spec names, where the registry gives none', async () => {
    const made = await consoleWorld({}, { readable: false });
    given(made, 'by-word-of-mouth');
    made.apply({ ...adopting, ...ref });
    await made.rest();
    expect(registryWrites(made)).toEqual(['update']);
    expect(made.values()['client_secret']).toBe('by-word-of-mouth');
    expect(made.resource().status.clientSecrets).toMatchObject([{ id: made.made.secrets[0], provenance: 'Adopted' }]);
    expect(made.reasons()['Ready']).toBe('Succeeded');
    expect(message(made, 'SecretReady')).toContain('at its word');
    expect(made.cluster.writes.map(({ name }) => name)).not.toContain('by-hand');

    made.cluster.outside.deleteSecret('team-a', 'by-hand');
    await made.resync();
    made.cluster.writes.length = 0;
    await made.resync();
    await made.rest();
    expect(
      made.cluster.writes.filter(({ call }) => call !== 'writeRegistryStatus'),
      'it was read once',
    ).toEqual([]);
  });

  it('is one of two, and nobody knows which: once either goes another is issued', async () => {
    const made = await consoleWorld({ secrets: 2 }, { readable: false });
    given(made, 'by-word-of-mouth');
    made.apply({ ...adopting, ...ref });
    await made.rest();
    const adopted = { role: 'Current', provenance: 'Adopted' };
    expect(made.resource().status.clientSecrets).toMatchObject([adopted, adopted]);
    await made.resync();
    await made.rest();
    expect(made.resource().status.clientSecrets).toHaveLength(2);

    await made.registry.outside.deleteClientSecret(made.made.id, made.made.secrets[0] ?? '');
    await made.resync();
    await made.rest();
    expect(registryWrites(made)).toEqual(['update', 'issueClientSecret']);
    expect(made.values()['client_secret']).not.toBe('by-word-of-mouth');
    expect(made.resource().status.clientSecrets).toMatchObject([{ role: 'Current' }]);
    expect(made.resource().status.clientSecrets?.[0]?.provenance).toBeUndefined();
  });

  it.each([
    { name: 'the Secret is not there', before: () => undefined, says: 'is not there' },
    {
      name: 'it has no such key',
      before: (made: World) => made.cluster.outside.putSecret('team-a', 'by-hand', { data: {} }),
      says: 'has no key secret',
    },
    { name: 'the value ends in a line break', before: (made: World) => given(made, 'value\n'), says: 'line breaks' },
    { name: 'the value is empty', before: (made: World) => given(made, ''), says: 'no client secret' },
  ])('waits while the spec names a value and $name', async ({ before, says }) => {
    const made = await consoleWorld({}, { readable: false });
    before(made);
    made.apply({ ...adopting, ...ref });
    await made.rest();
    expect(made.reasons()).toMatchObject({ Registered: 'Succeeded', SecretReady: '!SecretUnreadable' });
    expect(message(made, 'SecretReady')).toContain(says);
    expect(registryWrites(made)).toEqual(['update']);
    given(made, 'at-last');
    made.advance(120_000);
    await made.rest();
    expect(made.values()['client_secret']).toBe('at-last');
  });

  it('is never read from the Secret that it is to be written into', async () => {
    const made = await consoleWorld({}, { readable: false });
    made.apply({ ...adopting, adoptionSecretRef: { name: 'shop', key: 'client_secret' } });
    await made.rest();
    expect(message(made, 'SecretReady')).toContain('that is to be written');
  });

  it('is a new one, where nobody gives the value and a slot is free', async () => {
    const made = await consoleWorld({}, { readable: false });
    made.apply(adopting);
    await made.rest();
    expect(registryWrites(made)).toEqual(['update', 'issueClientSecret']);
    expect(await made.registry.outside.clientSecrets(made.made.id)).toHaveLength(2);
    expect(made.resource().status.clientSecrets?.[0]?.provenance).toBeUndefined();
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });

  it('is none, where both slots are taken: nothing is deleted, and both are named', async () => {
    const made = await consoleWorld({ secrets: 2 }, { readable: false });
    made.apply(adopting);
    await made.rest();
    expect(made.reasons()).toMatchObject({ SecretReady: '!SecretSlotsExhausted' });
    for (const id of made.made.secrets) expect(message(made, 'SecretReady')).toContain(id);
    expect(registryWrites(made)).toEqual(['update']);
  });

  it('stays in the account when none is wanted any more', async () => {
    const web = { protocolVersion: '2.1' as const };
    const made = await consoleWorld({ application: { ...web, secretRequired: true } });
    made.apply({ ...adopting, ...web, secretRequired: true });
    await made.rest();
    made.apply({ ...adopting, ...web });
    await made.rest();
    expect(registryWrites(made)).not.toContain('deleteClientSecret');
    expect(made.values()['client_secret']).toBeUndefined();
    expect(await made.registry.outside.clientSecrets(made.made.id)).toHaveLength(1);
  });
});
