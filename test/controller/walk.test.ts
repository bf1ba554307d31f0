/** Random lives of a resource: whatever happens, the loop comes to rest in what the spec says, and is then silent. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import { faultUpTo, oneOf, rethrowAssertions, type Step } from '../support/walking.ts';
import { clusterWrites, idOf, key, type World, world } from '../support/world.ts';

type Spec = Readonly<Record<string, unknown>>;

const web21 = { protocolVersion: '2.1' };

/** Only what may change in one resource: the type and the protocol version may not. */
const specs: readonly Spec[] = [
  {},
  { displayName: 'Store', accessTokenValiditySeconds: 900 },
  { scopes: ['profile'], requiredScopes: ['profile'] },
  { secretRequired: true },
  { secretRequired: true, secret: { name: 'other', labels: { team: 'a' } } },
  { deletionPolicy: 'Orphan', secret: { keys: { clientID: 'id' } } },
];

function edit(made: World, name: string, changes: object) {
  const found = made.secret(name);
  if (found) made.cluster.outside.putSecret('team-a', name, { ...found, ...changes });
}

const outside: readonly Step[] = [
  ...specs.map((spec): Step => [`apply ${JSON.stringify(spec)}`, ({ apply }) => apply({ ...web21, ...spec })]),
  ['delete the Secret', ({ cluster }) => cluster.outside.deleteSecret('team-a', 'shop')],
  ['delete the other Secret', ({ cluster }) => cluster.outside.deleteSecret('team-a', 'other')],
  [
    'edit the Secret',
    (made) => edit(made, 'shop', { data: { ...made.secret()?.data, scopes: new Sensitive('eA==') } }),
  ],
  ['make the Secret immutable', (made) => edit(made, 'shop', { immutable: true })],
  [
    // Before the status names it, nothing but its label leads to a Secret once it is renamed.
    'take the label off',
    (made) => {
      if (made.resource().status.secretRef?.name === 'shop') edit(made, 'shop', { labels: {} });
    },
  ],
  ['delete the application', async (made) => made.registry.outside.delete(await idOf(made))],
  [
    'delete the client secrets',
    async (made) => {
      const id = await idOf(made);
      for (const secret of await made.registry.outside.clientSecrets(id))
        await made.registry.outside.deleteClientSecret(id, secret.id);
    },
  ],
  [
    // Before the status names it, an application that is not what was sent is rightly nobody's.
    'edit the application that the status names',
    async (made) => {
      const id = await idOf(made);
      if (made.resource().status.applicationID === id)
        await made.registry.outside.update(id, { displayName: 'Drifted' });
    },
  ],
  [
    // Nor is one whose binding goes before the status names it.
    'strip the marks',
    ({ cluster, resource }) => {
      const { annotations, status } = resource();
      if (status.applicationID === undefined) return;
      cluster.outside.edit(key, { finalizers: [], annotations: withoutBinding(annotations) });
    },
  ],
  ['let a minute pass', ({ advance }) => advance(60_000)],
  ['list the account again', ({ resync }) => resync()],
  ['look', ({ pass }) => pass().catch(() => undefined)],
];

function withoutBinding(annotations: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => name !== 'ramify.dev/binding'));
}

const step = oneOf(outside);
const fault = faultUpTo(6);

async function settle(made: World): Promise<void> {
  made.faults.arm();
  for (const _interval of [1, 2]) {
    await made.resync();
    await made.rest({ passes: 20 });
    // The overlap of a client secret that is not wanted any more.
    made.advance(86_400_000);
  }
}

/** The same lives in every run of the suite; another seed tells other ones. */
const seed = 1;

describe('whatever happens', () => {
  it('the resource ends Ready, with one application, one Secret and the client secret that it serves', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(step, fc.option(fault)), { maxLength: 8 }), async (steps) => {
        const made = await world();
        made.apply(web21);
        for (const [change, injected] of steps) {
          made.faults.arm(injected ?? undefined);
          await change(made);
          await made.pass().catch(rethrowAssertions);
        }
        await settle(made);

        expect(made.reasons()).toEqual({
          Accepted: 'Succeeded',
          Registered: 'Succeeded',
          SecretReady: 'Succeeded',
          Ready: 'Succeeded',
        });
        expect(await made.registry.outside.list()).toHaveLength(1);
        const served = made.cluster.outside.secrets('team-a').map(({ name }) => made.values(name)['client_secret']);
        expect(served).toHaveLength(1);
        const live = await made.registry.outside.clientSecrets(await idOf(made));
        expect(live).toHaveLength(served[0] === undefined ? 0 : 1);

        made.cluster.writes.length = 0;
        await made.resync();
        await made.pass();
        expect(clusterWrites(made)).toEqual([]);
      }),
      { seed, numRuns: 30 },
    );
  });

  it('a resource that is deleted at last leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 5 }), fc.option(fault), async (steps, injected) => {
        const made = await world();
        made.apply(web21);
        for (const change of steps) await change(made);
        await settle(made);
        made.apply({ ...web21, deletionPolicy: 'Delete' });
        made.cluster.outside.delete(key);
        made.faults.arm(injected ?? undefined);
        await made.rest({ gap: 120_000 });
        expect(made.cluster.outside.resource(key)).toBeUndefined();
        expect(await made.registry.outside.list()).toEqual([]);
        expect(made.cluster.outside.secrets('team-a')).toEqual([]);
      }),
      { seed, numRuns: 15 },
    );
  });
});
