/**
 * Whether a resource may have what it asks for: what the registry's rules grant its namespace, how many it may have, and
 * who else wants the name.
 *
 * @module
 */

import type { OAuthApplicationSpec } from '../api/application.ts';
import { parseRegistrySpec, parseRegistryStatus } from '../api/parse.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { RegistrySettings } from '../core/desired.ts';
import { type Grant, grantFor, type Policy } from '../core/grant.ts';
import { isDerivedForm } from '../core/names.ts';
import {
  isAdoptionGranted,
  isNameGranted,
  policyRefusal,
  quotaRefusal,
  type Refusal,
  reservedRefusal,
} from '../core/policy.ts';
import { wasEverBound } from '../core/removal.ts';
import { explicitNameOf, type Resource, registryNameOf } from '../core/resource.ts';
import { exceeds, holderBefore, isHeldByOther, nameHeld } from '../core/rivals.ts';
import type { OpenRegistry } from './registry-entry.ts';

/** Why nothing is done for a resource with a valid spec; decided before anything is written anywhere. */
export function admissionRefusal(
  resource: Resource,
  spec: OAuthApplicationSpec,
  open: OpenRegistry,
  grant: Grant | undefined,
  cluster: Cluster,
): Refusal | undefined {
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
export function mayDelete(resource: Resource, open: OpenRegistry, grant: Grant | undefined, cluster: Cluster): boolean {
  const name = explicitNameOf(resource);
  if (name === undefined) return true;
  const policies = policiesOf(open.settings, cluster);
  if (grant === undefined || !isNameGranted(name, grant) || isReserved(name, open, policies)) return false;
  return !isHeldByOther(rivalsOf(resource, name, policies, cluster));
}

/** Whether the rules grant the adoption of an application of the resource's name now. */
export function mayAdopt(resource: Resource, grant: Grant | undefined): boolean {
  return grant !== undefined && isAdoptionGranted(explicitNameOf(resource), grant);
}

/** What the registry's rules grant a resource now. A namespace that is not there any more is granted nothing. */
export async function grantOf(
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
  if (name === undefined) return undefined;
  const policies = policiesOf(open.settings, cluster);
  if (isReserved(name, open, policies)) return reservedRefusal(name);
  const holder = holderBefore(resource, rivalsOf(resource, name, policies, cluster));
  return holder && nameHeld(name, holder, resource);
}

/** Whether a resource of another OAuthRegistry could derive the name: what bears it is not proven by its age then. */
function isReserved(name: string, { settings }: OpenRegistry, policies: Policies): boolean {
  return [...policies].some(
    ([registry, policy]) => registry !== settings.name && policy && isDerivedForm(policy.applicationNamePrefix, name),
  );
}

/**
 * The other resources that may have the name: it is unique in the account, which several OAuthRegistries may share.
 *
 * One that no rule grants the name has no claim, whatever its marks say: anybody could keep the name from others.
 */
function rivalsOf(resource: Resource, name: string, policies: Policies, cluster: Cluster): readonly Resource[] {
  return cluster.namesakes(resource).filter((other) => {
    const registry = registryNameOf(other);
    const labels = cluster.namespaceLabels(other.namespace);
    const policy = policies.get(registry);
    if (policy === undefined || labels === undefined) return policies.has(registry);
    const grant = grantFor(policy, labels);
    return grant !== undefined && isNameGranted(name, grant);
  });
}

/** What each OAuthRegistry of the account grants, by its name; `undefined` where its spec cannot be read. */
type Policies = ReadonlyMap<string, Policy | undefined>;

function policiesOf({ name, accountID }: Pick<RegistrySettings, 'name' | 'accountID'>, cluster: Cluster): Policies {
  const sharing = cluster
    .registries()
    .filter((other) => other.name === name || parseRegistryStatus(other.status).accountID === accountID);
  return new Map(
    sharing.map((each) => {
      const parsed = parseRegistrySpec(each.spec);
      return [each.name, parsed.ok ? parsed.value : undefined];
    }),
  );
}
