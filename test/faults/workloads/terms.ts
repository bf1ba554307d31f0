/**
 * Terms of the controller itself: it begins, and another takes over.
 *
 * @module
 */

import { settled, shop } from './expectations.ts';
import type { Workload } from './workload.ts';

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
];
