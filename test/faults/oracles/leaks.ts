/**
 * I8: no client secret in anything that was said, or written where it does not belong.
 *
 * @module
 */

import { leaks } from '../../support/leaks.ts';
import type { Stage } from '../stage/scene.ts';

/** What leaked, each as a sentence. */
export function leaksIn({ said, view, watchman }: Stage): readonly string[] {
  const { applications, registries, secrets } = view.told;
  const labels = secrets.map(({ object }) => object.metadata);
  const shown = JSON.stringify([said, applications, registries, labels]);
  const found = leaks(shown, watchman.values);
  return found.length === 0 ? [] : [`${found.length} client secrets are told where none may be`];
}
