/**
 * Reads all that a plan needs: the application live, its client secrets where something may be to do about them, the Secret
 * only where its metadata proves nothing.
 *
 * @module
 */

import type { Cluster } from '../cluster/cluster.ts';
import { secretStanding } from '../core/delivery.ts';
import { sameName } from '../core/names.ts';
import { isBoundSecret, isOurs, type Observed } from '../core/observed.ts';
import { bindingOf, type Resource } from '../core/resource.ts';
import { age } from '../core/rivals.ts';
import { secretMarks } from '../core/secret.ts';
import { isWithinReach, provenanceOf } from '../core/standing.ts';
import type { Desired, ObservedSecret, RegisteredApplication, SecretMetadata } from '../core/state.ts';
import type { Registry } from '../registry/registry.ts';
import { withClientSecrets } from './client-secrets.ts';
import type { Listing } from './listing.ts';
import type { OpenRegistry } from './registry-entry.ts';

/** Where an application is looked for, and what is known of it beforehand. */
export interface Place extends Pick<OpenRegistry, 'registry' | 'listing'> {
  readonly known: Pick<Observed, 'isAdoptionGranted' | 'corrections'>;
}

/** What was found of the resource's application and Secret. Fails only as its ports do: could not look. */
export async function gather(
  resource: Resource,
  desired: Desired,
  { registry, listing, known }: Place,
  cluster: Cluster,
  time: number,
): Promise<Observed> {
  const secrets = cluster.secrets(resource);
  // None of these looks needs another's answer.
  const [application, secret, renamedSecrets] = await Promise.all([
    findApplication(resource, desired.application.name, registry, listing),
    findSecret(resource, desired.secret.name, secrets, cluster),
    findRenamedSecrets(resource, desired.secret.name, secrets, cluster),
  ]);
  const holder = application && holderOf(application, resource, cluster);
  const looked = { ...known, resource, application, holder };
  const found: Observed = {
    ...looked,
    time,
    provenance: provenanceOf(desired, looked),
    clientSecrets: [],
    value: undefined,
    secret,
    renamedSecrets,
    rival: secret && isOurs(secret, resource) ? undefined : findRival(resource, desired.secret.name, cluster),
  };
  const told = { ...found, isInherited: isInherited(desired, found, cluster) };
  return withClientSecrets(desired, await withReadSecret(desired, told, cluster), { registry, cluster, listing });
}

/** Another resource that has the application already; of one that is this resource's by its status nobody asks. */
function holderOf({ id }: RegisteredApplication, resource: Resource, cluster: Cluster): Resource | undefined {
  return resource.status.applicationID === id ? undefined : cluster.holders(resource, id)[0];
}

/** Whether the Secret was made for the same application by a resource that is no more; for one that is ours nobody asks. */
function isInherited(desired: Desired, found: Observed, cluster: Cluster): boolean {
  const { secret, resource } = found;
  if (secret === undefined || !('data' in secret) || isOurs(secret, resource)) return false;
  const isRestored = isBoundSecret(secret, desired.binding) && isWithinReach(desired, found);
  return isRestored && !cluster.isAlive(secret.annotations[secretMarks.uid] ?? '');
}

/**
 * The application that may be the resource's: under the recorded ID if it bears the name, else under the name.
 *
 * The recorded ID comes from the status, which anyone who may write it can forge: without the name it proves nothing. One
 * that bears the name to which the resource is bound is found all the same: the registry's prefix is another since then,
 * and an application that is still there must not be taken for a deleted one.
 *
 * What an answer to ourselves proved less than the consistency window ago counts before what a read shows meanwhile.
 */
export async function findApplication(
  resource: Resource,
  name: string,
  registry: Registry,
  listing: Listing,
): Promise<RegisteredApplication | undefined> {
  const { applicationID: id } = resource.status;
  const live = id === undefined ? undefined : await registry.get(id);
  const recorded = (id === undefined ? undefined : listing.recent(id)) ?? live;
  const names = [name, bindingOf(resource)?.applicationName ?? name];
  return recorded && names.some((each) => sameName(recorded.name, each)) ? recorded : registry.find(name);
}

async function findSecret(
  resource: Resource,
  name: string,
  secrets: readonly SecretMetadata[],
  cluster: Cluster,
): Promise<SecretMetadata | undefined> {
  const known = secrets.find((secret) => secret.name === name);
  return known && isOurs(known, resource) ? known : cluster.readSecret(resource, name);
}

async function findRenamedSecrets(
  resource: Resource,
  name: string,
  secrets: readonly SecretMetadata[],
  cluster: Cluster,
): Promise<readonly ObservedSecret[]> {
  const recorded = resource.status.secretRef?.name;
  const names = new Set([...secrets.map((secret) => secret.name), ...(recorded === undefined ? [] : [recorded])]);
  names.delete(name);
  const found = await Promise.all([...names].map((other) => cluster.readSecret(resource, other)));
  return found.filter((secret) => secret !== undefined).filter((secret) => isOurs(secret, resource));
}

/** Of several resources that name one Secret the older comes first, then the one with the smaller UID. */
function findRival(resource: Resource, name: string, cluster: Cluster): string | undefined {
  const [first] = [resource, ...cluster.claimants(resource, name)].toSorted((a, b) => (age(a) < age(b) ? -1 : 1));
  return first === undefined || first.uid === resource.uid ? undefined : `${first.namespace}/${first.name}`;
}

async function withReadSecret(desired: Desired, found: Observed, cluster: Cluster): Promise<Observed> {
  if (secretStanding(desired, found) !== 'unread') return found;
  return { ...found, secret: await cluster.readSecret(found.resource, desired.secret.name) };
}
