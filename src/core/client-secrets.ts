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
  const named = [...deliveredIDs(observed), resource.status.clientSecrets?.find(({ role }) => role === 'Current')?.id];
  const current = named
    .map((id) => clientSecrets.find((secret) => secret.id === id))
    .find((secret) => secret !== undefined);
  const operation = openOperationOf(resource);
  const lost = clientSecrets.filter(
    (secret) => secret !== current && operation !== undefined && isLost(secret, operation, resource),
  );
  return { current, lost: lost.toSorted((a, b) => a.createTime - b.createTime) };
});

function isLost({ id, createTime }: ClientSecret, operation: Operation, resource: Resource): boolean {
  return !operation.knownClientSecretIDs.includes(id) && inWindow(createTime, operation, resource);
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
