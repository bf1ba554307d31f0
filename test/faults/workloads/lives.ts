/**
 * Lives of one resource: it is made, and it goes.
 *
 * @module
 */

import { eventually } from '../../support/eventually.ts';
import type { Stage } from '../stage/scene.ts';
import { hasNoSecret, isGone, settled, shop } from './expectations.ts';
import type { Step, Workload } from './workload.ts';

function creating(spec: object = {}): Step {
  return { does: ({ team }) => team.apply(shop, spec) };
}

const deleting: Step = {
  does: ({ team }) => team.delete('oauthapplications', shop),
  until: (stage) => isGone(stage),
  isFollowed: (stage) => hasNoSecret(stage),
};

/** The Secret stays. */
const orphaning: Step = { ...deleting, isFollowed: () => true };

/** Once the namespace controller has come to it. */
async function deleteNamespace({ team, namespace }: Stage): Promise<void> {
  await team.delete('namespaces', namespace);
  await eventually(
    () => team.application(shop)?.metadata.deletionTimestamp !== undefined && team.secret(shop) === undefined,
  );
}

export const lives: readonly Workload[] = [
  { name: 'create Web', steps: [creating()] },
  { name: 'create Native', steps: [creating({ type: 'Native' })] },
  { name: 'create Server', steps: [creating({ type: 'Server', redirectURIs: [] })] },
  { name: 'delete', before: settled(), steps: [deleting] },
  { name: 'delete with Orphan', before: settled({ deletionPolicy: 'Orphan' }), steps: [orphaning] },
  { name: 'delete and create again', before: settled(), steps: [deleting, creating()] },
  {
    name: 'delete the namespace',
    before: settled(),
    steps: [{ does: deleteNamespace, until: (stage) => isGone(stage) }],
  },
];
