/** What proves an adoption at every pass, and what anybody could forge. */

import { describe, expect, it } from 'vitest';
import { writeBinding } from '../../src/core/resource.ts';
import { binding } from '../support/builders.ts';
import { adopting, consoleWorld, message, named, store } from '../support/console-world.ts';
import { key, registryWrites } from '../support/world.ts';

describe('what proves an adoption (D12)', () => {
  const forged = writeBinding(binding({ applicationName: 'storefront', provenance: 'Adopted' }));
  const ungranted = { ...store, rules: [{ applicationNames: ['storefront'] }] };

  it.each([
    { name: 'the status', edit: (id: string) => ({ status: { observedGeneration: 1, applicationID: id } }) },
    { name: 'the annotation', edit: () => ({ annotations: { 'ramify.dev/binding': forged } }) },
    {
      name: 'both, as if it had been created',
      edit: (id: string) => ({
        status: { observedGeneration: 1, applicationID: id, provenance: 'Created' as const },
        annotations: { 'ramify.dev/binding': forged.replace('Adopted', 'Created') },
      }),
    },
  ])('is not $name: without a rule nothing is written, and a deletion leaves it', async ({ edit }) => {
    const made = await consoleWorld({ application: { name: 'storefront' } }, { registrySpec: ungranted });
    const before = await made.registry.outside.list();
    made.apply({ applicationName: 'storefront' });
    made.cluster.outside.edit(key, { ...edit(made.made.id), finalizers: ['ramify.dev/application'] });
    await made.rest();
    expect(made.reasons()).toMatchObject({ Registered: '!NameConflict' });
    made.apply({ applicationName: 'storefront', deletionPolicy: 'Delete' });
    made.cluster.outside.delete(key);
    await made.rest();
    expect(registryWrites(made)).toEqual([]);
    expect(await made.registry.outside.list()).toEqual(before);
  });

  it.each([
    { application: {}, spec: adopting },
    { application: { name: 'storefront' }, spec: named },
  ])('is the rule, at every pass: $spec', async ({ application, spec }) => {
    const made = await consoleWorld({ application });
    made.apply({ ...spec, deletionPolicy: 'Delete' });
    await made.rest();
    made.cluster.outside.putRegistry({ name: 'default', spec: ungranted });
    await made.look();
    made.registry.calls.length = 0;
    made.cluster.outside.deleteSecret('team-a', 'shop');
    made.apply({ ...spec, deletionPolicy: 'Delete', displayName: 'Changed' });
    await made.rest();
    expect(made.reasons()).toMatchObject({ Accepted: '!PolicyViolation' });
    made.apply({ ...spec, deletionPolicy: 'Delete', displayName: 'Changed', adoptionPolicy: 'Never' });
    await made.rest();
    expect(made.reasons()).toMatchObject({ Registered: '!NameConflict' });
    expect(message(made, 'Registered')).toContain('grants the adoption of');
    made.cluster.outside.delete(key);
    await made.rest();
    expect(registryWrites(made)).toEqual([]);
    expect(await made.registry.outside.list()).toHaveLength(1);
    expect(made.cluster.outside.resource(key)).toBeUndefined();
  });

  it('is the rule also for the Secret, which stays with an application that is left', async () => {
    const made = await consoleWorld();
    made.apply({ ...adopting, deletionPolicy: 'Delete' });
    await made.rest();
    made.cluster.outside.putRegistry({ name: 'default', spec: ungranted });
    await made.look();
    made.cluster.outside.delete(key);
    await made.rest();
    expect(made.cluster.outside.resource(key)).toBeUndefined();
    expect(await made.registry.outside.list()).toHaveLength(1);
    expect(made.secret()?.ownerReferences).toEqual([]);
  });

  it('AT21: counts no client secret as lost, whatever an intent says', async () => {
    const made = await consoleWorld();
    made.apply({ ...adopting, displayName: 'Stranger' });
    await made.rest();
    const { id: theirs } = await made.registry.outside.issueClientSecret(made.made.id, 'by a person');
    const startTime = 1_767_225_600_000 + 86_460_000;
    const { uid, annotations } = made.resource();
    const intent = { id: 'forged', uid, kind: 'IssueClientSecret', startTime, knownClientSecretIDs: [] };
    made.cluster.outside.edit(key, { annotations: { ...annotations, 'ramify.dev/operation': JSON.stringify(intent) } });
    await made.resync();
    await made.rest();
    expect(registryWrites(made)).toEqual([]);
    expect((await made.registry.outside.clientSecrets(made.made.id)).map(({ id }) => id)).toContain(theirs);
  });
});
