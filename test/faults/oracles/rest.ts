/**
 * What must be so at rest: no application without a resource (I1), no client secret that nobody serves (I3), and no revision
 * of a status that contradicts itself (I6).
 *
 * @module
 */

import { type History, lies } from '../../support/history.ts';
import type { Stage } from '../stage/stage.ts';

/** @throws nothing: what is not so is the watchman's to tell */
export async function checkRest(stage: Stage): Promise<void> {
  const { view, watchman, account, time } = stage;
  await view.caughtUp();
  for (const { name, clientSecrets = [] } of await account.store.list()) {
    const stray = clientSecrets.filter(({ id }) => !watchman.foreign.has(id) && !isKnown(stage, id));
    if (stray.length > 0)
      watchman.violate('I3', `${stray.length} client secrets of ${name} were neither delivered nor deleted`);
  }
  const { applications, secrets } = view.told;
  const history = { applications, secrets } as unknown as History;
  // A time that is still to come is noted anew.
  const isExcused = (lie: string) => time.wasSetBack() && lie.endsWith('tells a transition that was none');
  for (const lie of lies(history)) if (!isExcused(lie)) watchman.violate('I6', lie);
}

/** Whether a status or a Secret names the client secret. */
function isKnown({ view }: Stage, id: string): boolean {
  return JSON.stringify([view.all('applications').map(({ status }) => status), view.all('secrets')]).includes(id);
}
