/**
 * What is there already: an application to adopt, a Secret in the way, drift that is to be left alone.
 *
 * @module
 */

import type { Application } from '../../../src/core/state.ts';
import { condition } from '../../support/tenant.ts';
import type { Stage } from '../stage/scene.ts';
import { isGone, settled, shop } from './expectations.ts';
import type { Step, Workload } from './workload.ts';

const byHand: Omit<Application, 'name'> = {
  displayName: 'By hand',
  type: 'Web',
  protocolVersion: '2.0',
  accessTokenValiditySeconds: 3_600,
  refreshTokenValiditySeconds: 7_200,
  redirectURIs: ['https://old.example.com/'],
  scopes: ['openid'],
  requiredScopes: ['openid'],
  multiTenant: false,
  secretRequired: true,
};

/** What the console made, with a client secret of its own; a rule grants that it is taken over. */
async function makeByHand(stage: Stage): Promise<void> {
  const name = `${stage.account.prefix}${stage.namespace}.${shop}`;
  const { id } = await stage.outside(async (store) => {
    const created = await store.create({ ...byHand, name }, '00000000-0000-4000-8000-000000000001');
    await store.issueClientSecret(created.id, '00000000-0000-4000-8000-000000000002');
    return created;
  });
  stage.watchman.foreign.delete(id);
  await stage.rest();
}

function adopting(spec: object = {}): Step {
  return { does: ({ team }) => team.apply(shop, { adoptionPolicy: 'AdoptOrCreate', ...spec }) };
}

/** The resource says so of the condition. */
function says(type: string, reason: string): NonNullable<Step['until']> {
  return ({ team }) => {
    const object = team.application(shop);
    const found = object && condition(object, type);
    return found?.reason === reason && found.observedGeneration === object?.metadata.generation;
  };
}

const stranger = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', stringData: { theirs: 'x' } };

export const rivalries: readonly Workload[] = [
  { name: 'adopt', before: makeByHand, steps: [adopting()] },
  {
    name: 'adopt, and let go',
    before: makeByHand,
    steps: [
      adopting(),
      { does: ({ team }) => team.delete('oauthapplications', shop), until: (stage) => isGone(stage) },
    ],
  },
  {
    name: 'adopt, and report drift',
    before: makeByHand,
    steps: [{ ...adopting({ driftPolicy: 'Report' }), until: says('Ready', 'DriftDetected') }],
  },
  {
    name: 'report drift',
    before: settled({ driftPolicy: 'Report' }),
    steps: [
      {
        does: async (stage) => {
          const id = stage.team.application(shop)?.status.applicationID ?? '';
          await stage.outside((store) => store.update(id, { displayName: 'Drifted' }));
          await stage.live(132_000);
        },
        until: says('Ready', 'DriftDetected'),
      },
    ],
  },
  {
    name: 'a Secret is in the way',
    before: ({ team }) => team.create('secrets', shop, stranger),
    steps: [
      { does: ({ team }) => team.apply(shop), until: says('Ready', 'SecretConflict') },
      { does: ({ team }) => team.delete('secrets', shop) },
    ],
  },
];
