/**
 * What may be waited for.
 *
 * @module
 */

import { condition } from '../../support/tenant.ts';
import type { Stage } from '../stage/scene.ts';

/** The resource of every workload that needs only one. */
export const shop = 'shop';

/** It is Ready, and what that says is so. */
export async function isWell(stage: Stage, name = shop): Promise<boolean> {
  return isReady(stage, name) && stage.watchman.isTrue(name);
}

/** It is well, and no overlap is under way. */
export async function isAlone(stage: Stage): Promise<boolean> {
  const { clientSecrets = [] } = stage.team.application(shop)?.status ?? {};
  return clientSecrets.every(({ role }) => role === 'Current') && isWell(stage);
}

/** It says that it is Ready, in the generation that is there. */
function isReady({ team }: Stage, name = shop): boolean {
  const object = team.application(name);
  const ready = object && condition(object, 'Ready');
  return ready?.status === 'True' && ready.observedGeneration === object?.metadata.generation;
}

export function isGone({ team }: Stage, name = shop): boolean {
  return team.application(name) === undefined;
}

export function hasNoSecret({ team }: Stage, name = shop): boolean {
  return team.secret(name) === undefined;
}

/** A resource at rest. */
export function settled(spec: object = {}): (stage: Stage) => Promise<void> {
  return async (stage) => {
    await stage.team.apply(shop, spec);
    await stage.rest(() => isWell(stage));
  };
}
