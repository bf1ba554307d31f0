/**
 * Client secrets that are replaced: when their time is over, on request, and with an overlap that ends early.
 *
 * @module
 */

import { secretMarks } from '../../../src/core/secret.ts';
import type { Stage } from '../stage/scene.ts';
import { isAlone, isWell, settled, shop } from './expectations.ts';
import type { Step, Workload } from './workload.ts';

/** The client secret that was served before. */
const former = new WeakMap<Stage, string>();

function servedID({ team }: Stage): string {
  return team.secret(shop)?.metadata.annotations?.[secretMarks.clientSecretID] ?? '';
}

function isReplaced(stage: Stage): boolean {
  return servedID(stage) !== former.get(stage);
}

function rotating(spec: object): (stage: Stage) => Promise<void> {
  return async (stage) => {
    await settled({ rotation: spec })(stage);
    former.set(stage, servedID(stage));
  };
}

/** Something is asked for by an annotation. */
function asking(what: 'rotate' | 'revoke-previous', until: NonNullable<Step['until']>): Step {
  const annotations = { [`ramify.dev/${what}-requested-at`]: 'now' };
  return {
    does: ({ team }) => team.patch('oauthapplications', shop, { metadata: { annotations } }),
    until,
  };
}

/** Milliseconds until the next client secret is due; what happens before is no part of the plan. */
async function almost(stage: Stage): Promise<void> {
  const { nextRotationTime = '' } = stage.team.application(shop)?.status ?? {};
  await stage.live(Date.parse(nextRotationTime) - stage.time.true() - 30_000);
}

export const rotations: readonly Workload[] = [
  {
    name: 'rotate by time',
    before: async (stage) => {
      await rotating({ interval: '1h', overlap: '1m' })(stage);
      await almost(stage);
    },
    steps: [{ does: (stage) => stage.live(40_000), until: async (stage) => isReplaced(stage) && isAlone(stage) }],
  },
  {
    name: 'rotate on request',
    before: rotating({ overlap: '1m' }),
    steps: [asking('rotate', async (stage) => isReplaced(stage) && isAlone(stage))],
  },
  {
    name: 'rotate on request, revoke early',
    before: rotating({ overlap: '1h' }),
    steps: [
      asking('rotate', async (stage) => isReplaced(stage) && isWell(stage)),
      asking('revoke-previous', (stage) => isAlone(stage)),
    ],
  },
];
