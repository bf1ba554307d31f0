/**
 * Which client secret of an application is whose.
 *
 * @module
 */

import { type Observed, ownSecrets } from './observed.ts';
import { onceForEach } from './once.ts';
import { openOperationOf, type Resource } from './resource.ts';
import { secretMarks } from './secret.ts';
import { inWindow, isBefore } from './standing.ts';
import type { ClientSecret, Desired, Operation, PreviousClientSecret } from './state.ts';
import { fromTimestamp } from './time.ts';

/** The client secrets of an application, told apart. */
export interface ClientSecretAccount {
  /** The one that is served: it is live, and the Secret or the status names it. */
  readonly current: ClientSecret | undefined;
  /** The one that it replaced, live and issued by us; of those that we did not issue none is ever counted here. */
  readonly previous: PreviousClientSecret | undefined;
  /** Issued by our open intent or by this pass and not delivered, newest last. */
  readonly lost: readonly ClientSecret[];
  /** Not ours, as far as can be told: never touched. */
  readonly strangers: readonly ClientSecret[];
}

/** Tells the application's live client secrets apart. */
export const accountForClientSecrets: (desired: Desired, observed: Observed) => ClientSecretAccount =
  onceForEach(account);

function account(desired: Desired, observed: Observed): ClientSecretAccount {
  const { clientSecrets } = observed;
  const current = findCurrent(observed);
  const previous = findPrevious(desired, observed, current);
  const others = clientSecrets.filter((secret) => secret !== current && secret.id !== previous?.id);
  const lost = others.filter((secret) => isLost(secret, observed));
  const strangers = others.filter((secret) => !lost.includes(secret));
  return { current, previous, lost: lost.toSorted((a, b) => a.createTime - b.createTime), strangers };
}

/** The Secret comes before the status, which is written after it; last, what an adopted application came with. */
function findCurrent(observed: Observed): ClientSecret | undefined {
  const { clientSecrets, resource, adopted = [] } = observed;
  const recorded = recordedCurrent(resource);
  // Of several one is served, nobody knows which: once one of them is gone, it may have been that.
  const isUnsure = recorded.length > 1 && recorded.some((id) => !clientSecrets.some((secret) => secret.id === id));
  const isReplaced = new Set(replacements(observed).map(({ id }) => id));
  const named = [...deliveredIDs(observed), ...recorded].filter(
    (id) => id !== undefined && !isReplaced.has(id) && !(isUnsure && recorded.includes(id)),
  );
  return firstLive([...named, ...adopted], clientSecrets);
}

/** One that was current when the status was last written, and is not any more, has an overlap that begins now. */
function findPrevious(
  desired: Desired,
  observed: Observed,
  current: ClientSecret | undefined,
): PreviousClientSecret | undefined {
  const { clientSecrets, resource, time } = observed;
  const replaced = replacements(observed);
  const ids = [...replaced.map(({ id }) => id), ...recordedCurrent(resource)].filter((id) => id !== current?.id);
  const found = firstLive(ids, clientSecrets);
  if (found === undefined || isAdopted(found, observed)) return undefined;
  const { overlap } = desired.rotation;
  const noted = fromTimestamp(replaced.find(({ id }) => id === found.id)?.revokeAfter);
  // One that is farther off than two overlaps is of a clock that was wrong, or of an overlap that is much shorter now.
  const isNear = noted !== undefined && noted <= time + 2 * overlap;
  return { ...found, revokeAfter: isNear ? noted : time + overlap };
}

function firstLive(ids: readonly (string | undefined)[], live: readonly ClientSecret[]): ClientSecret | undefined {
  return ids.map((id) => live.find((secret) => secret.id === id)).find((secret) => secret !== undefined);
}

/** Those that are named as previous, by our Secrets and by the status, and until when they are to work. */
function replacements(observed: Observed) {
  const marked = ownSecrets(observed).map(({ annotations }) => ({
    id: annotations[secretMarks.previousID],
    revokeAfter: annotations[secretMarks.revokeAfter],
  }));
  const recorded = observed.resource.status.clientSecrets?.filter(({ role }) => role === 'Previous') ?? [];
  return [...marked, ...recorded.map(({ id, revokeAfter }) => ({ id, revokeAfter }))];
}

/** IDs of the client secrets of which the status says that one is served. */
function recordedCurrent({ status: { clientSecrets = [] } }: Resource): readonly string[] {
  return clientSecrets.filter(({ role }) => role === 'Current').map(({ id }) => id);
}

/** What our Secrets serve: the one that is wanted first, then those that a change of its name leaves. */
function deliveredIDs(observed: Observed): readonly (string | undefined)[] {
  return ownSecrets(observed).map(({ annotations }) => annotations[secretMarks.clientSecretID]);
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
 * that is not known to be issued by us, and for each that was there before the resource: whatever is recorded of it can be
 * forged, its creation time cannot.
 */
export function isAdopted(secret: ClientSecret, observed: Observed): boolean {
  const { adopted = [], issued, provenance, resource } = observed;
  const isOfOthers = provenance === 'Adopted' && secret.id !== issued;
  if (isOfOthers && isBefore(secret, resource)) return true;
  const recorded = resource.status.clientSecrets?.find(({ id }) => id === secret.id);
  if (recorded) return recorded.provenance === 'Adopted';
  // An attempt to create proves nothing of an application that somebody else created.
  const isIssued = openOperationOf(resource)?.kind === 'IssueClientSecret' && isOfAttempt(secret, observed);
  return isOfOthers && (!isIssued || adopted.includes(secret.id));
}

/** Client secrets beside `served` that may be the served one just as well: the registry does not say which of them it is. */
export function alternatives(
  served: ClientSecret,
  { adopted, clientSecrets, resource }: Observed,
): readonly ClientSecret[] {
  const ids = adopted ?? recordedCurrent(resource);
  return ids.includes(served.id) ? clientSecrets.filter(({ id }) => id !== served.id && ids.includes(id)) : [];
}

/** Of an application that we did not make, whatever appears may be somebody else's, but for what this very pass issued. */
function isLost(secret: ClientSecret, observed: Observed): boolean {
  return secret.id === observed.issued || (observed.provenance !== 'Adopted' && isOfAttempt(secret, observed));
}

/** Whether our open intent, or this very pass, can have issued it. */
export function isOfAttempt({ id, createTime }: ClientSecret, { resource, issued }: Observed): boolean {
  const operation = openOperationOf(resource);
  if (id === issued) return true;
  return operation !== undefined && isUnknownTo(operation, id) && inWindow(createTime, operation, resource);
}

/** Whether the client secret came after the intent was recorded. */
export function isUnknownTo({ knownClientSecretIDs }: Operation, id: string): boolean {
  return !knownClientSecretIDs.includes(id);
}
