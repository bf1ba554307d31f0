/**
 * What must be so at rest: no application without a resource (I1), no client secret that nobody serves (I3), and no revision
 * of a status that contradicts itself (I6).
 *
 * @module
 */

import { keyOf } from '../../../src/kube/kube.ts';
import { type History, lies, type Revision } from '../../support/history.ts';
import type { ApplicationObject } from '../../support/tenant.ts';
import type { Stage } from '../stage/scene.ts';

/** @throws nothing: what is not so is the watchman's to tell */
export async function checkRest(stage: Stage): Promise<void> {
  const { view, watchman, account, time } = stage;
  await view.caughtUp();
  for (const { id: applicationID, name, clientSecrets = [] } of await account.store.list()) {
    if (!watchman.foreign.has(applicationID) && !isClaimed(stage, applicationID))
      watchman.violate('I1', `the application ${name} is nobody's`);
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

/** Whether a resource is bound to the application, or was when it let go of it on purpose. */
function isClaimed({ view }: Stage, id: string): boolean {
  const told = view.told.applications as readonly unknown[] as readonly Revision<ApplicationObject>[];
  return told.some(({ type, object: { metadata, spec, status } }) => {
    const isAlive = view.get('applications', keyOf({ metadata }))?.metadata.uid === metadata.uid;
    const isLeft = type === 'DELETED' && (spec['deletionPolicy'] === 'Orphan' || status.provenance === 'Adopted');
    return status.applicationID === id && (isAlive || isLeft);
  });
}

/** Whether a status or a Secret names the client secret. */
function isKnown({ view }: Stage, id: string): boolean {
  return JSON.stringify([view.all('applications').map(({ status }) => status), view.all('secrets')]).includes(id);
}
