/** A registry that never gives a client secret's value again: what the Secret holds is proven by its fingerprint. */

import { describe, expect, it } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import type { ObservedSecret } from '../../src/core/state.ts';
import { registryWrites, settledWorld, type World } from '../support/world.ts';

const withheld = { readable: false, listsClientSecrets: false };

/** At rest, with a value that nobody but the Secret knows. */
async function delivered() {
  const made = await settledWorld({}, withheld);
  return { made, value: made.values()['client_secret'] };
}

function change({ cluster, secret }: World, changes: (secret: ObservedSecret) => Partial<ObservedSecret>): void {
  const found = secret() ?? expect.fail('there is no Secret');
  cluster.outside.putSecret('team-a', found.name, { ...found, ...changes(found) });
}

describe('the value in the Secret', () => {
  it.each([
    { what: 'somebody labels it', changes: ({ labels }: ObservedSecret) => ({ labels: { ...labels, theirs: 'x' } }) },
    {
      what: 'another value is edited',
      changes: ({ data }: ObservedSecret) => ({ data: { ...data, client_id: new Sensitive('eA==') } }),
    },
    { what: 'it is made immutable', changes: () => ({ immutable: true }) },
    { what: 'our marks are taken off', changes: () => ({ annotations: {} }) },
  ])('stays when $what', async ({ changes }) => {
    const { made, value } = await delivered();
    const before = made.values();
    change(made, changes);
    await made.rest();
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
    expect(made.values()).toEqual({ ...before, client_secret: value });
    expect(registryWrites(made)).toEqual([]);
  });

  it.each([
    {
      what: 'its key',
      spec: { secret: { keys: { clientSecret: 'OAUTH_SECRET' } } },
      name: 'shop',
      under: 'OAUTH_SECRET',
    },
    { what: 'the Secret', spec: { secret: { name: 'moved' } }, name: 'moved', under: 'client_secret' },
  ])('moves along when the spec renames $what', async ({ spec, name, under }) => {
    const { made, value } = await delivered();
    made.apply(spec);
    await made.rest();
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
    expect(made.values(name)[under]).toBe(value);
    expect(registryWrites(made)).toEqual([]);
  });

  it.each([
    {
      what: 'edited',
      lose: (made: World) => change(made, ({ data }) => ({ data: { ...data, client_secret: new Sensitive('eA==') } })),
    },
    { what: 'gone with the Secret', lose: ({ cluster }: World) => cluster.outside.deleteSecret('team-a', 'shop') },
  ])('is another one when it was $what, and the old one works for the overlap', async ({ lose }) => {
    const { made, value } = await delivered();
    lose(made);
    await made.rest();
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
    expect(made.values()['client_secret']).toMatch(/^[0-9a-f]{64}$/);
    expect(made.values()['client_secret']).not.toBe(value);
    expect(registryWrites(made)).toEqual(['issueClientSecret']);
    made.advance(86_400_000);
    await made.rest();
    expect(registryWrites(made)).toEqual(['issueClientSecret', 'deleteClientSecret']);
  });
});
