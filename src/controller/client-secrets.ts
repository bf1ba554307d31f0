/**
 * The client secrets of an application, and the value of the one to serve: live, or as they were last proven where nothing
 * is to do about them.
 *
 * @module
 */

import type { Cluster } from '../cluster/cluster.ts';
import { isUnserved, servedClientSecret } from '../core/client-secrets.ts';
import { secretStanding } from '../core/delivery.ts';
import { valueUnder, valueWith } from '../core/fingerprint.ts';
import { type Observed, ownSecrets } from '../core/observed.ts';
import { openOperationOf, type Resource, reconcileRequestOf } from '../core/resource.ts';
import { secretMarks } from '../core/secret.ts';
import { applicationStanding, isWithinReach } from '../core/standing.ts';
import type { ClientSecret, Desired, ObservedSecret } from '../core/state.ts';
import { fromTimestamp } from '../core/time.ts';
import type { Registry } from '../registry/registry.ts';
import { withAdoptedValue } from './adopted-value.ts';
import type { Listing } from './listing.ts';

interface Sources {
  readonly registry: Registry;
  readonly cluster: Cluster;
  readonly listing: Listing;
}

/**
 * What was found, with the client secrets, and with the value where the Secret must be written or compared. Those of an
 * application that is neither ours nor to be adopted are none of our business.
 */
export async function withClientSecrets(desired: Desired, found: Observed, sources: Sources): Promise<Observed> {
  if (!isWithinReach(desired, found)) return found;
  const proven = await withProven(desired, found, sources);
  if (proven) return proven;
  const clientSecrets = await findClientSecrets(desired, found, sources);
  return withValue(desired, { ...found, clientSecrets }, sources);
}

/**
 * What was found, with the client secrets as they were last proven; `undefined` where only a live look will do.
 *
 * They suffice where the Secret is the very one that was proven, nothing is asked for or under way, and the value to serve
 * is there: a plan then neither issues nor deletes a client secret. What the Secret holds already may so be written again
 * under another key, although somebody has deleted it in the account meanwhile.
 */
async function withProven(
  desired: Desired,
  found: Observed,
  { cluster, listing }: Sources,
): Promise<Observed | undefined> {
  const { application, resource } = found;
  const isKnown = application?.id === resource.status.applicationID && applicationStanding(desired, found) === 'ours';
  if (application === undefined || !isKnown || !isSecretProven(found) || isUnderWay(resource)) return undefined;
  const recent = listing.recent(application.id)?.clientSecrets;
  // A registry that lists client secrets is asked for them again: what it has deleted since must not be served anew.
  if (recent === undefined && listing.showsClientSecrets() !== false) return undefined;
  const areRecorded = recent === undefined;
  const supposed = { ...found, clientSecrets: recent ?? recordedClientSecrets(resource), areRecorded };
  const served = servedClientSecret(desired, supposed);
  if (served === undefined || secretStanding(desired, supposed) === 'proven') return served && supposed;
  const held = await withHeldValue(desired, supposed, served, cluster);
  return held.value && held;
}

/** Whether the Secret is the one that the status says was proven, unchanged. */
function isSecretProven({ secret, resource: { status } }: Observed): boolean {
  const { name, resourceVersion } = status.secretRef ?? {};
  return secret !== undefined && secret.name === name && secret.resourceVersion === resourceVersion;
}

/** Whether somebody asks for a look, or an attempt may have left a client secret that is not recorded. */
function isUnderWay(resource: Resource): boolean {
  const request = reconcileRequestOf(resource);
  const isAsked = request !== undefined && request !== resource.status.lastHandledReconcileAt;
  return isAsked || openOperationOf(resource) !== undefined;
}

/** Those that were ours when they were last proven. */
export function recordedClientSecrets({ status: { clientSecrets = [] } }: Resource): readonly ClientSecret[] {
  return clientSecrets.map(({ id, createTime }) => ({ id, createTime: fromTimestamp(createTime) ?? 0 }));
}

/** Where no client secret is wanted, and nothing speaks of one that was, there is nothing to ask for. */
async function findClientSecrets(
  { application: wanted }: Desired,
  { resource, application, secret, renamedSecrets }: Observed,
  { registry, listing }: Sources,
): Promise<readonly ClientSecret[]> {
  const mayHave =
    wanted.secretRequired ||
    resource.status.clientSecrets !== undefined ||
    [secret, ...renamedSecrets].some((each) => each?.annotations[secretMarks.clientSecretID] !== undefined) ||
    openOperationOf(resource) !== undefined;
  if (application === undefined || !mayHave) return [];
  const live = await registry.clientSecrets(application.id);
  const unseen = listing
    .recent(application.id)
    ?.clientSecrets?.filter(({ id }) => live.every((each) => each.id !== id));
  return [...live, ...(unseen ?? [])];
}

/** The value is asked for only where the Secret must be written or compared. */
async function withValue(desired: Desired, found: Observed, { registry, cluster }: Sources): Promise<Observed> {
  const served = servedClientSecret(desired, found);
  const { application } = found;
  if (application === undefined) return found;
  if (served === undefined) {
    const isNew = desired.application.secretRequired && found.provenance === 'Adopted' && isUnserved(found);
    return isNew ? withAdoptedValue(desired, found, { registry, cluster }) : found;
  }
  if (secretStanding(desired, found) === 'proven') return found;
  const value = await registry.readClientSecret(application.id, served.id);
  return value === undefined ? withHeldValue(desired, found, served, cluster) : { ...found, value };
}

/**
 * The value from the Secret itself, since the registry may not give it again: proven by the recorded fingerprint. Where the
 * status is lost, the Secret's word is all there is.
 */
async function withHeldValue(
  { secret: { keys } }: Desired,
  found: Observed,
  served: ClientSecret,
  cluster: Cluster,
): Promise<Observed> {
  const { resource, secret } = found;
  const read = secret === undefined || 'data' in secret ? secret : await cluster.readSecret(resource, secret.name);
  const known = { ...found, secret: read };
  const recorded = resource.status.clientSecrets?.find(({ id }) => id === served.id)?.fingerprint;
  const [value] = ownSecrets(known).flatMap((each) =>
    'data' in each ? (heldValue(each, served, keys.clientSecret, recorded) ?? []) : [],
  );
  return { ...known, value: value && { ...served, value } };
}

function heldValue(secret: ObservedSecret, { id }: ClientSecret, key: string, fingerprint: string | undefined) {
  if (fingerprint !== undefined) return valueWith(fingerprint, secret);
  return secret.annotations[secretMarks.clientSecretID] === id ? valueUnder(key, secret) : undefined;
}
