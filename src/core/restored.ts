/**
 * A resource that a backup brought back before its Secret: its application has client secrets, and nothing here says which of
 * them is its own.
 *
 * @module
 */

import { isUnserved } from './client-secrets.ts';
import type { Verdict } from './guards.ts';
import type { Observed } from './observed.ts';
import { openOperationOf } from './resource.ts';
import type { Desired } from './state.ts';

/** Milliseconds from the resource's creation for which its Secret is waited for: backup tools bring kind after kind. */
const patience = 5 * 60_000;

/** Whether the resource is bound to an application with client secrets that it has no record of. */
export function isWithoutSecret(observed: Observed): boolean {
  const { resource, clientSecrets } = observed;
  const hasRecord = resource.status.secretRef !== undefined || openOperationOf(resource) !== undefined;
  return clientSecrets.length > 0 && !hasRecord && isUnserved(observed);
}

/**
 * Why no further client secret is issued yet; `undefined`: one may be. Where the registry gives values again there is no need
 * to wait, nor for another client secret.
 */
export function secretToFollow({ secret: { name } }: Desired, observed: Observed): Verdict {
  const { resource, clientSecrets, value, time, provenance } = observed;
  const left = resource.creationTime + patience - time;
  if (value !== undefined || provenance === 'Adopted' || left <= 0 || !isWithoutSecret(observed)) return undefined;
  const ids = clientSecrets.map(({ id }) => id).join(' and ');
  const message = `the application has client secrets (${ids}), and the Secret ${name} that would say which is this resource's is not there: restore it; another client secret is issued ${patience / 60_000} minutes after the resource was created`;
  return { reason: 'SecretUnaccounted', message, afterSeconds: Math.ceil(left / 1_000) };
}
