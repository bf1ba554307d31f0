/**
 * Terms of the controller itself: it begins, and another takes over.
 *
 * @module
 */

import type { Stage } from '../stage/scene.ts';
import { isAlone, settled, shop } from './expectations.ts';
import type { Step, Workload } from './workload.ts';

/** One leads until it lets go, between two passes, so many milliseconds after something happens; then another leads. */
function handingOver(happens: (stage: Stage) => Promise<unknown>, milliseconds: number): Step['does'] {
  return async (stage) => {
    await happens(stage);
    await stage.live(milliseconds);
    await stage.restart();
  };
}

async function askToRotate({ team }: Stage): Promise<void> {
  const annotations = { 'ramify.dev/rotate-requested-at': 'now' };
  await team.patch('oauthapplications', shop, { metadata: { annotations } });
}

/** Seen at the next list, and believed after a second look. */
async function deleteInAccount(stage: Stage): Promise<void> {
  const id = stage.team.application(shop)?.status.applicationID ?? '';
  await stage.outside((store) => store.delete(id));
}

export const terms: readonly Workload[] = [
  { name: 'start', before: settled(), steps: [{ does: (stage) => stage.restart() }] },
  {
    name: 'start, with something to do',
    before: settled(),
    steps: [
      {
        does: async (stage) => {
          stage.stop();
          await stage.team.patch('oauthapplications', shop, { spec: { displayName: 'Meanwhile' } });
          await stage.restart();
        },
      },
    ],
  },
  {
    name: 'start, in an empty account',
    steps: [
      {
        does: async (stage) => {
          stage.stop();
          await stage.team.apply(shop);
          await stage.restart();
        },
      },
    ],
  },
  {
    name: 'hand over at a creation',
    steps: [{ does: handingOver(({ team }) => team.apply(shop), 500) }],
  },
  {
    name: 'hand over in an overlap',
    before: settled({ rotation: { overlap: '1m' } }),
    steps: [{ does: handingOver(askToRotate, 20_000), until: isAlone }],
  },
  {
    name: 'hand over before an application is made again',
    before: settled(),
    steps: [{ does: handingOver(deleteInAccount, 135_000) }],
  },
];
