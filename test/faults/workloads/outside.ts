/**
 * What somebody does in the cluster or in the account, past the resource.
 *
 * @module
 */

import type { StoreRegistry } from '../../../src/registry/store/store.ts';
import type { Stage } from '../stage/scene.ts';
import { isWell, settled, shop } from './expectations.ts';
import type { Step, Workload } from './workload.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A change of the Secret that is seen, and made good or left alone. */
function changingSecret(change: (stage: Stage) => Promise<void>, isMended: (stage: Stage) => boolean): Step {
  return {
    does: async (stage) => {
      stage.watchman.excuse();
      await change(stage);
    },
    until: async (stage) => isMended(stage) && isWell(stage),
  };
}

/** Something that is done to the application `id`, and seen at the next list of the account. */
function inAccount(work: (store: StoreRegistry, id: string) => Promise<unknown>): Step {
  return {
    does: async (stage) => {
      const id = stage.team.application(shop)?.status.applicationID ?? '';
      await stage.outside((store) => work(store, id));
      await stage.live(resync);
    },
  };
}

/** Milliseconds until the account is listed again. */
const resync = 132_000;

const edited = (stage: Stage) => stage.team.secret(shop)?.data?.['client_secret'] !== base64('x');

export const outside: readonly Workload[] = [
  {
    name: 'the Secret is deleted',
    before: settled(),
    steps: [
      changingSecret(
        ({ team }) => team.delete('secrets', shop),
        ({ team }) => team.secret(shop) !== undefined,
      ),
    ],
  },
  {
    name: 'the value is edited',
    before: settled(),
    steps: [
      changingSecret(({ team }) => team.patch('secrets', shop, { data: { client_secret: base64('x') } }), edited),
    ],
  },
  {
    name: 'a foreign key is added',
    before: settled(),
    steps: [
      changingSecret(
        ({ team }) => team.patch('secrets', shop, { data: { theirs: base64('x') } }),
        ({ team }) => team.secret(shop)?.data?.['theirs'] !== undefined,
      ),
    ],
  },
  {
    name: 'the Secret is made immutable',
    before: settled(),
    steps: [
      changingSecret(
        ({ team }) => team.patch('secrets', shop, { immutable: true }),
        ({ team }) => team.secret(shop)?.immutable !== true,
      ),
    ],
  },
  {
    name: 'the owner is taken off',
    before: settled(),
    steps: [
      changingSecret(
        ({ team }) => team.patch('secrets', shop, { metadata: { ownerReferences: [] } }),
        ({ team }) => team.secret(shop)?.metadata.ownerReferences?.length === 1,
      ),
    ],
  },
  {
    name: 'the application is edited',
    before: settled(),
    steps: [inAccount((store, id) => store.update(id, { displayName: 'Drifted' }))],
  },
  { name: 'the application is deleted', before: settled(), steps: [inAccount((store, id) => store.delete(id))] },
  {
    name: 'the client secret is deleted',
    before: async (stage) => {
      await settled()(stage);
      // Until then what was proven counts before what a read shows.
      await stage.live(61_000);
    },
    steps: [
      {
        does: async (stage) => {
          const id = stage.team.application(shop)?.status.applicationID ?? '';
          await stage.outside(async (store) => {
            for (const secret of await store.clientSecrets(id)) await store.deleteClientSecret(id, secret.id);
          });
          // No list of that account shows it: somebody asks for a look.
          const annotations = { 'ramify.dev/reconcile-requested-at': 'now' };
          await stage.team.patch('oauthapplications', shop, { metadata: { annotations } });
        },
      },
    ],
  },
  {
    name: 'a client secret is added',
    before: settled(),
    steps: [inAccount((store, id) => store.issueClientSecret(id, '00000000-0000-4000-8000-000000000000'))],
  },
];
