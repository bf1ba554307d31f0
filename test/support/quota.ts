/**
 * A namespace in which the API server takes no further Secret.
 *
 * @module
 */

import { eventually } from './eventually.ts';
import type { Tenant } from './tenant.ts';

const name = 'no-secrets';

/** Refuses every new Secret of the tenant's namespace from now on; `lift` ends that. */
export async function refuseSecrets({ kubectl }: Tenant): Promise<{ lift(): Promise<void> }> {
  const isTaken = () =>
    kubectl('create', 'secret', 'generic', 'probe', '--dry-run=server').then(
      () => true,
      () => false,
    );
  await kubectl('create', 'quota', name, '--hard=secrets=0');
  // Not every control plane runs the quota controller: what it would find is told by hand.
  const status = JSON.stringify({ status: { hard: { secrets: '0' }, used: { secrets: '0' } } });
  await kubectl('patch', 'quota', name, '--subresource=status', '--type=merge', `--patch=${status}`);
  await eventually(async () => !(await isTaken()));
  return {
    lift: async () => {
      await kubectl('delete', 'quota', name);
      await eventually(isTaken);
    },
  };
}
