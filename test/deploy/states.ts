/**
 * Objects in every state that a GitOps tool may meet: recorded from real passes, and all that the schema has room for.
 *
 * @module
 */

import { Sensitive } from '../../src/core/sensitive.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import { stranger } from '../support/builders.ts';
import { key, settledWorld, type World, world } from '../support/world.ts';

/** An object as far as tools judge it. */
export interface Judged {
  readonly apiVersion: string;
  readonly kind: 'OAuthApplication' | 'OAuthRegistry';
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly generation: number;
    readonly deletionTimestamp?: string;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly JudgedCondition[] | undefined;
  };
}

interface JudgedCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number | undefined;
}

const apiVersion = 'ramify.dev/v1alpha1';
const deletionTimestamp = '2026-11-22T10:00:00Z';
const unavailable = (operation: 'create' | 'delete') => new RegistryError('unavailable', 'no answer', { operation });

const passed = async (made: World) => {
  made.apply();
  await made.pass().catch(() => undefined);
  return made;
};

/** What happens to an application, and the state that it leaves. */
const lives: Readonly<Record<string, () => Promise<World>>> = {
  'not looked at yet': async () => {
    const made = await world();
    made.apply();
    return made;
  },
  ready: () => settledWorld(),
  'edited since': async () => {
    const made = await settledWorld();
    made.apply({ displayName: 'Edited' });
    return made;
  },
  suspended: async () => {
    const made = await settledWorld();
    made.apply({ suspend: true, displayName: 'Edited' });
    await made.pass();
    return made;
  },
  'with an invalid spec': async () => {
    const made = await world();
    made.apply({ redirectURIs: ['http://shop.example/cb'] });
    await made.pass();
    return made;
  },
  'of a registry that is not there': async () => {
    const made = await world();
    made.cluster.outside.deleteRegistry('default');
    return passed(made);
  },
  'whose name is taken': async () => {
    const made = await world();
    await made.registry.outside.create(stranger, 'another');
    return passed(made);
  },
  'whose Secret is taken': async () => {
    const made = await world();
    made.cluster.outside.putSecret('team-a', 'shop', { data: { password: new Sensitive('eA==') } });
    return passed(made);
  },
  'whose registry does not answer': async () => {
    const made = await world();
    made.registry.failNext('create', unavailable('create'));
    return passed(made);
  },
  'being deleted': async () => {
    const made = await settledWorld();
    made.cluster.outside.delete(key);
    return made;
  },
  'that cannot be deleted': async () => {
    const made = await settledWorld();
    made.cluster.outside.delete(key);
    made.registry.failNext('delete', unavailable('delete'));
    await made.pass().catch(() => undefined);
    return made;
  },
};

/** Applications and registries as real passes leave them, by what happened. */
export async function recordedStates(): Promise<Readonly<Record<string, Judged>>> {
  const states: Record<string, Judged> = {};
  for (const [name, live] of Object.entries(lives)) {
    const { namespace, generation, deletionTime, status } = (await live()).resource();
    const deleted = deletionTime !== undefined && { deletionTimestamp };
    const metadata = { name: 'shop', namespace, generation, ...deleted };
    states[`an application ${name}`] = { apiVersion, kind: 'OAuthApplication', metadata, status };
  }
  for (const [name, made] of Object.entries(await registryWorlds())) {
    const found = made.cluster.outside.registry('default');
    const metadata = {
      name: 'default',
      generation: found?.generation ?? 1,
      ...(found?.isGoing && { deletionTimestamp }),
    };
    const status = found?.status as Judged['status'];
    states[`a registry ${name}`] = { apiVersion, kind: 'OAuthRegistry', metadata, ...(status && { status }) };
  }
  return states;
}

async function registryWorlds(): Promise<Record<string, World>> {
  const [ready, unreachable, used] = [await world(), await world({ registrySpec: null }), await settledWorld()];
  const spec = { type: 'Store', store: { issuerURL: 'https://login.example' } };
  unreachable.registry.failNext('list', new RegistryError('unavailable', 'no answer', { operation: 'list' }));
  unreachable.cluster.outside.putRegistry({ name: 'default', spec });
  await unreachable.look();
  used.cluster.outside.putRegistry({ name: 'default', spec, isGoing: true });
  await used.look();
  return { ready, 'that does not answer': unreachable, 'being deleted while it is used': used };
}

const generation = 2;

/** Every combination of deletion, generations and conditions that the schema has room for. */
export function combinations(kind: Judged['kind']): readonly Judged[] {
  const passing = kind === 'OAuthApplication' ? ['Stalled', 'Reconciling', 'Suspended'] : [];
  return [undefined, -1, 1, generation].flatMap((observedGeneration) =>
    ['Some', 'DeletionBlocked'].flatMap((reason) =>
      sets(['Ready', ...passing]).flatMap((set) =>
        [{}, { deletionTimestamp }].map((deleted) => ({
          apiVersion,
          kind,
          metadata: { name: 'shop', generation, ...deleted },
          status: {
            ...(observedGeneration !== undefined && { observedGeneration }),
            conditions: set.map((each) => ({
              ...each,
              reason,
              observedGeneration: Math.max(observedGeneration ?? 0, 0),
            })),
          },
        })),
      ),
    ),
  );
}

/** Every choice of one status, or none, for each type. */
function sets(types: readonly string[]) {
  return types.reduce<readonly { type: string; status: string; message: string }[][]>(
    (some, type) =>
      some.flatMap((set) =>
        [undefined, 'True', 'False', ...(type === 'Ready' ? ['Unknown'] : [])].map((status) =>
          status ? [...set, { type, status, message: `${type} is ${status}` }] : set,
        ),
      ),
    [[]],
  );
}
