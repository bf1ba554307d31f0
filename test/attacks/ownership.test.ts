/** Attacks by what a tenant can write beside the spec: status, annotations, owners, an intent. Nothing of others is touched. */

import { describe, expect, it } from 'vitest';
import { finalizer, marks, writeBinding, writeOperation } from '../../src/core/resource.ts';
import { secretMarks } from '../../src/core/secret.ts';
import type { RegisteredApplication } from '../../src/core/state.ts';
import { binding, operation, stranger, t0 } from '../support/builders.ts';
import { adopting, consoleWorld, named } from '../support/console-world.ts';
import { key, registryWrites, settledWorld, type World, world } from '../support/world.ts';

const store = { type: 'Store', store: { issuerURL: 'https://login.example' } };
const granting = { ...store, rules: [{ applicationNames: ['storefront'] }] };

/** An application of somebody else's in the account, with a client secret. */
async function theirs({ registry }: World, name = 'team-b.bank'): Promise<RegisteredApplication> {
  const application = await registry.outside.create({ ...stranger, name }, 'theirs');
  await registry.outside.issueClientSecret(application.id, 'theirs');
  return application;
}

/** The resource bears what a tenant wrote, is looked at, deleted, and looked at again. */
async function liveAndGo(made: World, forged: Parameters<World['cluster']['outside']['edit']>[1]): Promise<void> {
  made.cluster.outside.edit(key, forged);
  await made.rest();
  made.cluster.outside.edit(key, { ...forged, finalizers: [finalizer] });
  made.cluster.outside.delete(key);
  await made.rest();
}

/** The account as it was: calls that would have changed it were not even sent. */
async function expectUntouched(made: World, application: RegisteredApplication): Promise<void> {
  const aimed = made.registry.calls.filter(({ args: [id] }) => id === application.id);
  expect(aimed.map(({ operation: call }) => call as string).filter((call) => call !== 'get')).toEqual([]);
  expect(await made.registry.outside.get(application.id)).toEqual(application);
  expect(await made.registry.outside.clientSecrets(application.id)).toHaveLength(1);
}

const forgedStatus = ({ id, clientID }: RegisteredApplication) => ({
  observedGeneration: 1,
  applicationID: id,
  clientID,
  provenance: 'Created' as const,
});

describe('the application of another name', () => {
  it('AT19: is not taken by an annotation that binds to it', async () => {
    const made = await world();
    const application = await theirs(made);
    made.apply({ deletionPolicy: 'Delete' });
    const annotations = { [marks.binding]: writeBinding(binding({ applicationName: application.name })) };
    await liveAndGo(made, { annotations });
    await expectUntouched(made, application);
  });

  it('AT20: is not deleted by a forged status and a deletion', async () => {
    const made = await world();
    const application = await theirs(made);
    made.apply({ deletionPolicy: 'Delete' });
    await liveAndGo(made, { status: forgedStatus(application) });
    await expectUntouched(made, application);
  });

  it('AT20: nor by both', async () => {
    const made = await world();
    const application = await theirs(made);
    made.apply({ deletionPolicy: 'Delete' });
    const annotations = { [marks.binding]: writeBinding(binding({ applicationName: application.name })) };
    await liveAndGo(made, { status: forgedStatus(application), annotations });
    await expectUntouched(made, application);
  });
});

describe('the application of a name that a rule grants, older than the resource', () => {
  it.each([
    { by: 'an annotation', forge: () => ({}), intent: undefined },
    { by: 'a status', forge: forgedStatus, intent: undefined },
    { by: 'an intent', forge: () => ({}), intent: operation({ startTime: t0 - 1_000 }) },
  ])('AT19, AT20: is not taken by $by', async ({ forge, intent }) => {
    const made = await world({ registrySpec: granting });
    const application = await theirs(made, 'storefront');
    made.advance(60_000);
    made.apply({ applicationName: 'storefront', deletionPolicy: 'Delete' });
    const { uid } = made.resource();
    const annotations = {
      [marks.binding]: writeBinding(binding({ applicationName: 'storefront' })),
      ...(intent && { [marks.operation]: writeOperation({ ...intent, uid }) }),
    };
    await liveAndGo(made, { annotations, status: { observedGeneration: 1, ...forge(application) } });
    await expectUntouched(made, application);
  });
});

describe('a client secret that a person made', () => {
  /** One of ours, and one that was made in the account a minute later. */
  async function withTheirs(): Promise<{ made: World; id: string; added: string }> {
    const made = await settledWorld();
    const { id = '' } = (await made.application()) ?? {};
    made.advance(60_000);
    const { id: added } = await made.registry.outside.issueClientSecret(id, 'person');
    return { made, id, added };
  }

  // One that is made up within the very minutes of the attempt is told apart by nothing, and is of the tenant's own application.
  it.each([
    { intent: 'of the first hour', startTime: 0 },
    { intent: 'of tomorrow', startTime: t0 + 86_400_000 },
  ])('AT21: is neither served nor deleted for a forged intent $intent that knows of none', async ({ startTime }) => {
    const { made, id, added } = await withTheirs();
    const { uid, annotations: before } = made.resource();
    const forged = operation({ id: 'forged', uid, kind: 'IssueClientSecret', startTime, knownClientSecretIDs: [] });
    const annotations = { ...before, [marks.operation]: writeOperation(forged) };
    made.cluster.outside.edit(key, { annotations });
    made.apply({ displayName: 'Edited' });
    await made.rest();
    made.advance(120_000);
    await made.rest();
    expect((await made.registry.outside.clientSecrets(id)).map((secret) => secret.id)).toContain(added);
    expect(made.secret()?.annotations['ramify.dev/client-secret-id']).not.toBe(added);
  });
});

it('AT21: on an adopted application nothing is deleted, not even for an intent of this very moment', async () => {
  const made = await consoleWorld();
  made.apply(adopting);
  await made.rest();
  const added = await made.registry.outside.issueClientSecret(made.made.id, 'person');
  const startTime = added.createTime;
  const { uid, annotations: before } = made.resource();
  const forged = operation({ id: 'forged', uid, kind: 'IssueClientSecret', startTime, knownClientSecretIDs: [] });
  const annotations = { ...before, [marks.operation]: writeOperation(forged) };
  made.cluster.outside.edit(key, { annotations });
  made.apply({ ...adopting, displayName: 'Edited' });
  await made.rest();
  const left = (await made.registry.outside.clientSecrets(made.made.id)).map(({ id }) => id);
  expect(left).toEqual([...made.made.secrets, added.id]);
});

describe('a client secret that an adopted application came with', () => {
  const past = '2025-12-31T00:00:00Z';
  const forgedOnSecret = (id: string) => ({ [secretMarks.previousID]: id, [secretMarks.revokeAfter]: past });
  const forgedOnStatus = (id: string) => [{ id, role: 'Previous' as const, createTime: past, revokeAfter: past }];

  it.each([
    { by: 'the Secret', spec: adopting, forge: { secret: forgedOnSecret } },
    { by: 'the status', spec: adopting, forge: { status: forgedOnStatus } },
    { by: 'both', spec: adopting, forge: { secret: forgedOnSecret, status: forgedOnStatus } },
    {
      by: 'both, and all else says that the application was created here',
      spec: named,
      forge: { secret: forgedOnSecret, status: forgedOnStatus, provenance: 'Created' as const },
    },
  ])('AT21: is not revoked because $by would have it replaced', async ({ spec, forge }) => {
    const name = 'applicationName' in spec ? spec.applicationName : 'team-a.shop';
    const made = await consoleWorld({ application: { name }, secrets: 2 });
    made.apply(spec);
    await made.rest();
    const [oldest = ''] = made.made.secrets;
    const { uid, annotations, status } = made.resource();
    const { provenance = 'Adopted' } = forge;
    const startTime = t0 + 86_460_000;
    const intent = operation({ id: 'forged', uid, kind: 'IssueClientSecret', startTime, knownClientSecretIDs: [] });
    const bound = binding({ applicationName: name, provenance });
    const marked = { [marks.operation]: writeOperation(intent), [marks.binding]: writeBinding(bound) };
    made.cluster.outside.edit(key, {
      annotations: { ...annotations, ...marked },
      status: { ...status, provenance, ...(forge.status && { clientSecrets: forge.status(oldest) }) },
    });
    const secret = made.secret();
    const forged = { ...secret?.annotations, ...forge.secret?.(oldest) };
    made.cluster.outside.putSecret('team-a', 'shop', { ...secret, annotations: forged });
    for (const displayName of ['Edited', 'Again']) {
      made.apply({ ...spec, displayName });
      await made.rest();
      made.advance(172_800_000);
      await made.look();
    }
    await made.rest();
    expect(registryWrites(made)).not.toContain('deleteClientSecret');
    expect(made.resource().status.provenance).toBe('Adopted');
  });
});

describe('owners', () => {
  it('AT04: are read of no resource, and given to a Secret by us alone', async () => {
    const made = await settledWorld();
    const [reference, ...more] = made.secret()?.ownerReferences ?? [];
    expect(more).toEqual([]);
    expect(reference).toMatchObject({ kind: 'OAuthApplication', uid: made.resource().uid });
    expect(made.resource()).not.toHaveProperty('ownerReferences');
  });
});

describe('what a rule does not grant', () => {
  it.each([
    { attack: 'AT27: a scope', spec: { scopes: ['/acs/scim'] }, rule: { scopes: ['profile'] } },
    { attack: 'AT28: an application for other accounts', spec: { multiTenant: true }, rule: {} },
    {
      attack: 'AT22: a name of the form that is derived',
      spec: { applicationName: 'team-b.bank' },
      rule: { applicationNames: ['*'] },
    },
    { attack: 'AT22: the name of another', spec: { applicationName: 'bank' }, rule: { applicationNames: ['shop'] } },
    {
      attack: 'AT24: a twin by its case of a name of others',
      spec: { applicationName: 'TEAM-B.bank' },
      rule: { applicationNames: ['*'] },
    },
  ])('$attack is refused before anything is asked of the registry', async ({ spec, rule }) => {
    const made = await world({ registrySpec: { ...store, rules: [rule] } });
    made.apply(spec);
    await made.rest();
    expect(made.reasons()).toMatchObject({ Accepted: '!PolicyViolation', Stalled: 'PolicyViolation' });
    expect(made.registry.calls).toEqual([]);
    expect(made.resource().finalizers).toEqual([]);
  });

  it('AT28: nor is it got by an edit of what was allowed', async () => {
    const made = await settledWorld();
    made.apply({ multiTenant: true });
    await made.rest();
    expect(made.reasons()).toMatchObject({ Accepted: '!PolicyViolation' });
    expect(registryWrites(made)).toEqual([]);
  });
});

it('AT29: a redirect URI that somebody adds in the console is removed', async () => {
  const made = await settledWorld();
  const { id = '', redirectURIs = [] } = (await made.application()) ?? {};
  await made.registry.outside.update(id, { redirectURIs: [...redirectURIs, 'https://evil.example/cb'] });
  await made.resync();
  await made.rest();
  expect((await made.application())?.redirectURIs).toEqual(redirectURIs);
  expect(registryWrites(made)).toEqual(['update']);
});
