/**
 * The client secrets of an application: live, or as they were last proven where nothing is to do about them.
 *
 * @module
 */

import type { Cluster } from '../cluster/cluster.ts';
import { secretStanding } from '../core/delivery.ts';
import type { Observed } from '../core/observed.ts';
import { isAsked } from '../core/requests.ts';
import { openOperationOf, type Resource } from '../core/resource.ts';
import { type Rotation, rotationOf } from '../core/rotation.ts';
import { secretMarks } from '../core/secret.ts';
import { applicationStanding, isWithinReach } from '../core/standing.ts';
import type { ClientSecret, Desired } from '../core/state.ts';
import { fromTimestamp } from '../core/time.ts';
import type { Registry } from '../registry/registry.ts';
import { withValues } from './client-secret-values.ts';
import type { Listing } from './listing.ts';

interface Sources {
  readonly registry: Registry;
  readonly cluster: Cluster;
  readonly listing: Listing;
}

/**
 * What was found, with the client secrets, and with the values where the Secret must be written or compared. Those of an
 * application that is neither ours nor to be adopted are none of our business.
 */
export async function withClientSecrets(desired: Desired, found: Observed, sources: Sources): Promise<Observed> {
  if (!isWithinReach(desired, found)) return found;
  const proven = await withProven(desired, found, sources);
  if (proven) return proven;
  const clientSecrets = await findClientSecrets(desired, found, sources);
  return withValues(desired, { ...found, clientSecrets }, sources);
}

/**
 * What was found, with the client secrets as they were last proven; `undefined` where only a live look will do.
 *
 * They suffice where the Secret is the very one that was proven, nothing is asked for, due or under way, and the value to
 * serve is there: a plan then neither issues nor deletes a client secret. What the Secret holds already may so be written
 * again under another key, although somebody has deleted it in the account meanwhile.
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
  if (recent === undefined && (listing.showsClientSecrets() !== false || listing.isLookDue(application.id)))
    return undefined;
  const areRecorded = recent === undefined;
  const supposed = { ...found, clientSecrets: recent ?? recordedClientSecrets(resource), areRecorded };
  const rotation = rotationOf(desired, supposed);
  if (rotation.served === undefined || isDue(rotation)) return undefined;
  if (secretStanding(desired, supposed) === 'proven') return supposed;
  const held = await withValues(desired, supposed, { cluster });
  return held.value && held;
}

/** Whether anything is to be done about client secrets, or stands in the way of that. */
function isDue({ issue, discarded, revoked, obstacle }: Rotation): boolean {
  return issue !== undefined || discarded.length > 0 || revoked.length > 0 || obstacle !== undefined;
}

/** Whether the Secret is the one that the status says was proven, unchanged. */
function isSecretProven({ secret, resource: { status } }: Observed): boolean {
  const { name, resourceVersion } = status.secretRef ?? {};
  return secret !== undefined && secret.name === name && secret.resourceVersion === resourceVersion;
}

/** Whether somebody asks for a look, or an attempt may have left a client secret that is not recorded. */
function isUnderWay(resource: Resource): boolean {
  return isAsked(resource, 'reconcile') || openOperationOf(resource) !== undefined;
}

/** Those that were ours when they were last proven. */
export function recordedClientSecrets({ status: { clientSecrets = [] } }: Resource): readonly ClientSecret[] {
  return clientSecrets.map(({ id, createTime }) => ({ id, createTime: fromTimestamp(createTime) ?? 0 }));
}

/**
 * The live ones, and those that a read need not show yet: noted or recorded less than the consistency window ago. Where no
 * client secret is wanted, and nothing speaks of one that was, there is nothing to ask for.
 */
async function findClientSecrets(
  { application: wanted }: Desired,
  found: Observed,
  { registry, listing }: Sources,
): Promise<readonly ClientSecret[]> {
  const { resource, application } = found;
  const mayHave = wanted.secretRequired || openOperationOf(resource) !== undefined || isAnyNamed(found);
  if (application === undefined || !mayHave) return [];
  const live = await registry.clientSecrets(application.id);
  const recent = listing.recent(application.id)?.clientSecrets ?? newlyRecorded(found, listing.consistencyWindow);
  return [...live, ...recent.filter(({ id }) => live.every((each) => each.id !== id))];
}

function isAnyNamed({ resource, secret, renamedSecrets }: Observed): boolean {
  const named = [secretMarks.clientSecretID, secretMarks.previousID];
  const isMarked = [secret, ...renamedSecrets].some((each) =>
    named.some((mark) => each?.annotations[mark] !== undefined),
  );
  return isMarked || resource.status.clientSecrets !== undefined;
}

/** The current one, while the attempt that issued it was closed so lately that a read may not show it. */
function newlyRecorded({ resource, time }: Observed, consistencyWindow: number): readonly ClientSecret[] {
  const { lastOperation, clientSecrets = [] } = resource.status;
  const closed = fromTimestamp(lastOperation?.completionTime);
  const isNew = closed !== undefined && closed <= time && time - closed < consistencyWindow;
  const isCurrent = new Set(clientSecrets.flatMap(({ id, role }) => (role === 'Current' ? [id] : [])));
  return isNew ? recordedClientSecrets(resource).filter(({ id }) => isCurrent.has(id)) : [];
}
