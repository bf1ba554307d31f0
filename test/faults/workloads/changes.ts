/**
 * What a team changes in the spec.
 *
 * @module
 */

import { condition } from '../../support/tenant.ts';
import type { Stage } from '../stage/scene.ts';
import { isAlone, isWell, settled, shop } from './expectations.ts';
import type { Step, Workload } from './workload.ts';

function editing(spec: object, until?: Step['until']): Step {
  return { does: ({ team }) => team.patch('oauthapplications', shop, { spec }), ...(until && { until }) };
}

/** The overlap ends early. */
const revoking: Step = {
  does: ({ team }) =>
    team.patch('oauthapplications', shop, {
      metadata: { annotations: { 'ramify.dev/revoke-previous-requested-at': 'now' } },
    }),
  until: async (stage) => stage.team.application(shop)?.status.lastHandledRevokeAt === 'now' && isAlone(stage),
};

/** The resource says that nobody looks after it. */
function isSuspended({ team }: Stage): boolean {
  const object = team.application(shop);
  return object !== undefined && condition(object, 'Suspended') !== undefined;
}

export const changes: readonly Workload[] = [
  {
    name: 'update the application',
    before: settled(),
    steps: [
      editing({
        displayName: 'Store',
        redirectURIs: ['https://store.example.com/', 'http://localhost:8080/'],
        scopes: ['openid', 'profile', 'aliuid'],
        requiredScopes: ['profile'],
        accessTokenValiditySeconds: 900,
        refreshTokenValiditySeconds: 7_200,
      }),
    ],
  },
  {
    name: 'update the Secret',
    before: settled(),
    steps: [
      editing({
        secret: {
          labels: { team: 'shop' },
          annotations: { 'example.com/rotate': 'yes' },
          keys: { clientID: 'CLIENT_ID', clientSecret: 'CLIENT_SECRET' },
          data: { 'proxy.cfg': 'secret = "$(clientSecret)"' },
        },
      }),
    ],
  },
  {
    name: 'update the policies',
    before: settled(),
    steps: [editing({ deletionPolicy: 'Orphan' }), editing({ deletionPolicy: 'Delete', driftPolicy: 'Report' })],
  },
  {
    name: 'rename the Secret',
    before: settled(),
    steps: [
      editing({ secret: { name: 'other' } }, async (stage) => stage.team.secret(shop) === undefined && isWell(stage)),
    ],
  },
  {
    name: 'do without a client secret, and with',
    before: settled({ type: 'Native', secretRequired: true }),
    steps: [editing({ secretRequired: false }), editing({ secretRequired: true }), revoking],
  },
  {
    name: 'suspend and resume',
    before: settled(),
    steps: [editing({ suspend: true }, isSuspended), editing({ suspend: false, displayName: 'Later' })],
  },
];
