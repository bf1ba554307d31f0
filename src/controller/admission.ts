/**
 * Whether a resource may have what it asks for: what the registry's rules grant its namespace, how many it may have, and
 * who else wants the name.
 *
 * @module
 */

import type { OAuthApplicationSpec } from '../api/application.ts';
import { parseRegistryStatus } from '../api/parse.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type Grant, grantFor } from '../core/grant.ts';
import { isNameGranted, policyRefusal, quotaRefusal, type Refusal } from '../core/policy.ts';
import { wasEverBound } from '../core/removal.ts';
import { explicitNameOf, type Resource, registryNameOf } from '../core/resource.ts';
import { exceeds, holderBefore, isHeldByOther, nameHeld } from '../core/rivals.ts';
import type { OpenRegistry } from './registry-entry.ts';

/** Why nothing is done for a resource with a valid spec; decided before anything is written anywhere. */
export async function admissionRefusal(
  resource: Resource,
  spec: OAuthApplicationSpec,
  open: OpenRegistry,
  cluster: Cluster,
): Promise<Refusal | undefined> {
  const grant = await grantOf(resource, open, cluster);
  return (
    policyRefusal(spec, grant) ??
    tooMany(resource, grant, cluster) ??
    rivalry(resource, open, cluster) ??
    (open.isGoing && !wasEverBound(resource) ? registryGoing(open) : undefined)
  );
}

/** Why a registry that is being deleted gets no further application. */
export function registryGoing({ settings }: OpenRegistry): Refusal {
  const message = `the OAuthRegistry ${settings.name} is being deleted: nothing is created in it any more`;
  return { reason: 'RegistryNotReady', message };
}

/**
 * Whether an application that bears the resource's name may be deleted with it.
 *
 * Of a derived name nobody else is the owner. An explicit one must be granted now, and no other resource may have it.
 */
export async function mayDelete(resource: Resource, open: OpenRegistry, cluster: Cluster): Promise<boolean> {
  const name = explicitNameOf(resource);
  if (name === undefined) return true;
  const grant = await grantOf(resource, open, cluster);
  return grant !== undefined && isNameGranted(name, grant) && !isHeldByOther(namesakes(resource, open, cluster));
}

/** A namespace that is not there any more is granted nothing. */
async function grantOf(
  { namespace }: Resource,
  { policy }: OpenRegistry,
  cluster: Cluster,
): Promise<Grant | undefined> {
  const labels = await cluster.readNamespaceLabels(namespace);
  return labels && grantFor(policy, labels);
}

function tooMany(resource: Resource, grant: Grant | undefined, cluster: Cluster): Refusal | undefined {
  const limit = grant?.maxApplications;
  if (limit === undefined || !exceeds(limit, resource, cluster.neighbours(resource))) return undefined;
  return quotaRefusal(limit);
}

function rivalry(resource: Resource, open: OpenRegistry, cluster: Cluster): Refusal | undefined {
  const name = explicitNameOf(resource);
  const holder = name === undefined ? undefined : holderBefore(resource, namesakes(resource, open, cluster));
  return name === undefined || holder === undefined ? undefined : nameHeld(name, holder);
}

/** Names are unique in the account, which several OAuthRegistries may share. */
function namesakes(resource: Resource, { settings }: OpenRegistry, cluster: Cluster): readonly Resource[] {
  return cluster.namesakes(resource).filter((other) => {
    const name = registryNameOf(other);
    return name === settings.name || accountIDOf(name, cluster) === settings.accountID;
  });
}

function accountIDOf(name: string, cluster: Cluster): string | undefined {
  return parseRegistryStatus(cluster.registry(name)?.status).accountID;
}
