/**
 * Which client secret of an application is whose.
 *
 * @module
 */

import { type Observed, ownSecrets } from './observed.ts';
import { onceForEach } from './once.ts';
import { openOperationOf, type Resource } from './resource.ts';
import { secretMarks } from './secret.ts';
import { inWindow } from './standing.ts';
import type { ClientSecret, Desired, Operation } from './state.ts';

/** The client secrets of an application, told apart. */
export interface ClientSecretAccount {
  /** The one to serve: it is live, and the Secret or the status names it. */
  readonly current: ClientSecret | undefined;
  /** Issued by our open intent and not delivered, newest last. */
  readonly lost: readonly ClientSecret[];
}

/** Tells the application's live client secrets apart; those in neither answer are not ours, and never touched. */
export const accountForClientSecrets = onceForEach((observed: Observed): ClientSecretAccount => {
  const { clientSecrets, resource } = observed;
  const recorded = recordedCurrent(resource);
  // Of several one is served, nobody knows which: once one of them is gone, it may have been that.
  const isUnsure = recorded.length > 1 && recorded.some((id) => !clientSecrets.some((secret) => secret.id === id));
  const current = [...deliveredIDs(observed), ...recorded]
    .filter((id) => id !== undefined && !(isUnsure && recorded.includes(id)))
    .map((id) => clientSecrets.find((secret) => secret.id === id))
    .find((secret) => secret !== undefined);
  const operation = openOperationOf(resource);
  // Of an application that we did not make, whatever appears may be somebody else's (D7).
  const isOfOurMaking = observed.provenance !== 'Adopted';
  const lost = clientSecrets.filter(
    (secret) => secret !== current && isOfOurMaking && operation !== undefined && isLost(secret, operation, resource),
  );
  return { current, lost: lost.toSorted((a, b) => a.createTime - b.createTime) };
});

function isLost({ id, createTime }: ClientSecret, operation: Operation, resource: Resource): boolean {
  return !operation.knownClientSecretIDs.includes(id) && inWindow(createTime, operation, resource);
}

/** IDs of the client secrets of which the status says that one is served. */
function recordedCurrent({ status: { clientSecrets = [] } }: Resource): readonly string[] {
  return clientSecrets.filter(({ role }) => role === 'Current').map(({ id }) => id);
}

/**
 * Whether nothing says so far which client secret is served: no Secret of ours, and no status. An adopted application then has
 * those that it came with.
 */
export function isUnserved(observed: Observed): boolean {
  return recordedCurrent(observed.resource).length === 0 && deliveredIDs(observed).every((id) => id === undefined);
}

/**
 * Whether a client secret came with its application: it is never deleted. Of an adopted application that holds for each
 * that is not known to be issued by us.
 */
export function isAdopted({ id }: ClientSecret, { resource, provenance, issued }: Observed): boolean {
  const recorded = resource.status.clientSecrets?.find((each) => each.id === id);
  return recorded ? recorded.provenance === 'Adopted' : provenance === 'Adopted' && issued !== id;
}

/** Client secrets beside `served` that may be the served one just as well: the registry does not say which of them it is. */
export function alternatives(
  served: ClientSecret,
  { adopted, clientSecrets, resource }: Observed,
): readonly ClientSecret[] {
  const ids = adopted ?? recordedCurrent(resource);
  return ids.includes(served.id) ? clientSecrets.filter(({ id }) => id !== served.id && ids.includes(id)) : [];
}

/** What our Secrets serve: the one that is wanted first, then those that a change of its name leaves. */
function deliveredIDs(observed: Observed): readonly (string | undefined)[] {
  return ownSecrets(observed).map(({ annotations }) => annotations[secretMarks.clientSecretID]);
}

/**
 * The client secret whose value the Secret is to hold; `undefined` if one must be issued first, or none is wanted.
 *
 * One that this very pass issued is ours whatever the registry's clock says.
 */
export function servedClientSecret(desired: Desired, observed: Observed): ClientSecret | undefined {
  if (!desired.application.secretRequired) return undefined;
  const { current, lost } = accountForClientSecrets(observed);
  return current ?? lost.at(-1) ?? observed.value;
}
