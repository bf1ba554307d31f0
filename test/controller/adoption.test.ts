/** An application that was made in the console becomes a resource's: whose it may be, and what of it is touched. */

import { describe, expect, it } from 'vitest';
import { stranger } from '../support/builders.ts';
import { adopting, consoleWorld, given, granting, message, named, valueOf } from '../support/console-world.ts';
import { clusterWrites, key, registryWrites, type World, world } from '../support/world.ts';

describe('an application that is there', () => {
  it.each([
    { name: 'under the derived name', application: {}, spec: adopting },
    { name: 'under an explicit name', application: { name: 'Storefront' }, spec: named },
    { name: 'where none may be created', application: {}, spec: { adoptionPolicy: 'AdoptOnly' } },
  ])('is adopted $name, with its client ID and its client secret', async ({ application, spec }) => {
    const made = await consoleWorld({ application });
    made.apply({ displayName: 'Stranger', ...spec });
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
    expect(registryWrites(made)).toEqual([]);
    expect(made.resource().status).toMatchObject({
      applicationID: made.made.id,
      clientID: made.made.clientID,
      provenance: 'Adopted',
      clientSecrets: [{ id: made.made.secrets[0], role: 'Current', provenance: 'Adopted' }],
    });
    expect(made.values()['client_secret']).toBe(await valueOf(made, made.made.id, made.made.secrets[0]));
    expect(made.resource().annotations['ramify.dev/binding']).toContain('"Adopted"');
    expect(made.resource().annotations['ramify.dev/operation']).toBeUndefined();

    await made.resync();
    made.cluster.writes.length = 0;
    for (const _interval of [1, 2, 3]) {
      await made.resync();
      await made.rest();
    }
    expect(made.cluster.writes).toEqual([]);
  });

  it('is made as the spec says, unless drift is only reported', async () => {
    const made = await consoleWorld({ application: { redirectURIs: [], scopes: ['openid', 'profile'] } });
    made.apply({ ...adopting, driftPolicy: 'Report' });
    await made.rest();
    expect(registryWrites(made)).toEqual([]);
    expect(made.reasons()).toMatchObject({ Registered: '!DriftDetected', SecretReady: 'Succeeded' });
    expect(made.resource().status.drift).toEqual([
      { field: 'displayName', desired: '"Shop"', observed: '"Stranger"' },
      { field: 'redirectURIs', desired: '["https://shop.example/cb"]', observed: '[]' },
      { field: 'scopes', desired: '["openid"]', observed: '["openid","profile"]' },
    ]);
    made.apply(adopting);
    await made.rest();
    expect(registryWrites(made)).toEqual(['update']);
    expect(made.resource().status.drift).toBeUndefined();
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });

  it('is left behind with its Secret, unless Delete is written', async () => {
    for (const deletionPolicy of [undefined, 'Delete'] as const) {
      const made = await consoleWorld();
      made.apply({ ...adopting, deletionPolicy });
      await made.rest();
      expect(made.secret()?.ownerReferences).toHaveLength(deletionPolicy === 'Delete' ? 1 : 0);
      made.cluster.outside.delete(key);
      await made.rest();
      expect(await made.registry.outside.list()).toHaveLength(deletionPolicy === 'Delete' ? 0 : 1);
      expect(made.secret() !== undefined).toBe(deletionPolicy === undefined);
    }
  });

  it('is not there: one is created, and is ours', async () => {
    const made = await world({ registrySpec: granting });
    made.apply(adopting);
    await made.rest();
    expect(made.resource().status).toMatchObject({ provenance: 'Created', clientSecrets: [{ role: 'Current' }] });
    expect(made.resource().status.clientSecrets?.[0]?.provenance).toBeUndefined();
  });

  it('is registered by somebody who was quicker than our attempt: it is adopted, with their client secret', async () => {
    const made = await world({ registrySpec: granting });
    made.apply(adopting);
    const meanwhile = async () => {
      const { id } = await made.registry.outside.create(stranger, 'in the console');
      await made.registry.outside.issueClientSecret(id, 'in the console');
    };
    const at = (await callsOf(adopting)).indexOf('registry.create');
    made.faults.arm({ at, when: 'before', how: 'killed', jump: 0, meanwhile });
    await made.pass().catch(() => undefined);
    expect(made.faults.fired).toBe(true);
    made.faults.arm();
    // What they made is as the spec says by now, and the pass that adopts it dies before it could say so.
    made.apply({ ...adopting, displayName: 'Stranger' });
    made.cluster.failNext('writeStatus', new Error('killed'));
    await made.pass().catch(() => undefined);
    await made.rest();
    expect(registryWrites(made)).toEqual([]);
    expect(made.resource().status).toMatchObject({ provenance: 'Adopted', clientSecrets: [{ provenance: 'Adopted' }] });
    expect(made.reasons()['Ready']).toBe('Succeeded');
    await made.resync();
    made.cluster.writes.length = 0;
    await made.resync();
    await made.rest();
    expect(made.cluster.writes.filter(({ call }) => call !== 'writeRegistryStatus')).toEqual([]);
  });

  it('is not there and may not be created: nothing is written until it is', async () => {
    const made = await world({ registrySpec: granting });
    made.apply({ adoptionPolicy: 'AdoptOnly' });
    await made.rest();
    expect(made.reasons()).toMatchObject({ Registered: '!ApplicationMissing', Stalled: 'ApplicationMissing' });
    expect(clusterWrites(made)).toEqual(['writeStatus']);
    await made.registry.outside.create(stranger, 'in the console');
    await made.resync();
    await made.rest();
    expect(made.resource().status.provenance).toBe('Adopted');
  });
});

describe('an adopted application that is deleted in the account', () => {
  async function deleted(spec: object): Promise<World> {
    const made = await consoleWorld();
    made.apply({ displayName: 'Stranger', ...spec });
    await made.rest();
    await made.registry.outside.delete(made.made.id);
    await made.resync();
    await made.rest();
    return made;
  }

  it('is created again, and is the resource’s own from then on', async () => {
    const made = await deleted(adopting);
    expect(registryWrites(made)).toEqual(['create', 'issueClientSecret']);
    expect(made.reasons()['Ready']).toBe('Succeeded');
    expect(made.resource().status).toMatchObject({ provenance: 'Created', clientSecrets: [{ role: 'Current' }] });
    expect(made.resource().annotations['ramify.dev/binding']).toContain('"Created"');
    expect(made.secret()?.ownerReferences).toHaveLength(1);
    made.cluster.outside.delete(key);
    await made.rest({ gap: 120_000 });
    expect(await made.registry.outside.list()).toEqual([]);
  });

  it.each([{ adoptionPolicy: 'AdoptOnly' }, { ...adopting, driftPolicy: 'Report' }])('waits with %j', async (spec) => {
    const made = await deleted(spec);
    for (const _interval of [1, 2, 3]) {
      await made.resync();
      await made.rest();
    }
    expect(registryWrites(made)).toEqual([]);
    expect(made.reasons()).toMatchObject({ Registered: '!ApplicationMissing', Stalled: 'ApplicationMissing' });
    expect(made.resource().status.provenance).toBe('Adopted');
    expect(made.secret()?.ownerReferences).toEqual([]);
  });
});

describe('an application that is not adopted', () => {
  it('could be: the message says what to write', async () => {
    const made = await consoleWorld();
    made.apply();
    await made.rest();
    expect(made.reasons()).toMatchObject({ Registered: '!AdoptionRequired', Stalled: 'AdoptionRequired' });
    expect(message(made, 'Registered')).toMatch(/set spec\.adoptionPolicy to AdoptOrCreate/);
    expect(clusterWrites(made)).toEqual(['writeStatus']);
  });

  it.each([{ type: 'Native' as const }, { protocolVersion: '2.1' as const }])('is %j', async (application) => {
    const made = await consoleWorld({ application });
    made.apply(adopting);
    await made.rest();
    expect(made.reasons()).toMatchObject({ Registered: '!NameConflict' });
    expect(message(made, 'Registered')).toMatch(
      /that is (Native on OAuth 2.0|Web on OAuth 2.1), and .* asks for Web on OAuth 2.0/,
    );
    expect(clusterWrites(made)).toEqual(['writeStatus']);
    expect(registryWrites(made)).toEqual([]);
  });

  it('is held by a resource that has it under a former prefix, until that one goes', async () => {
    const made = await consoleWorld();
    made.apply({ ...adopting, displayName: 'Stranger', deletionPolicy: 'Orphan' });
    await made.rest();
    const registrySpec = {
      type: 'Store',
      applicationNamePrefix: 'p',
      rules: [{ adoption: true, applicationNames: ['team-a.*'] }],
    };
    made.cluster.outside.putRegistry({ name: 'default', spec: registrySpec });
    await made.look();
    const other = 'team-b/other';
    made.apply({ ...adopting, applicationName: 'team-a.shop', displayName: 'Stranger' }, other);
    await made.rest({ resourceKey: other });
    expect(made.reasons(other)).toMatchObject({ Registered: '!NameConflict' });
    expect(message(made, 'Registered', other)).toMatch(/is held by one of another namespace/);
    made.cluster.outside.delete(key);
    await made.rest();
    await made.rest({ resourceKey: other });
    expect(made.reasons(other)).toMatchObject({ Ready: 'Succeeded' });
  });

  it('keeps its Secret: one that is somebody else’s stops everything', async () => {
    const made = await consoleWorld();
    given(made, 'mine', 'shop');
    made.apply(adopting);
    await made.rest();
    expect(made.reasons()).toMatchObject({ SecretReady: '!SecretConflict' });
    expect(clusterWrites(made)).toEqual(['writeStatus']);
    expect(registryWrites(made)).toEqual([]);
  });
});

/** The calls of a pass that creates. */
async function callsOf(spec: object): Promise<readonly string[]> {
  const made = await world({ registrySpec: granting });
  made.apply({ ...spec });
  made.faults.arm();
  await made.pass();
  return made.faults.calls;
}
