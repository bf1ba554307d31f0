/**
 * How a registry can fail, and what follows: failure code → condition reason, one table.
 *
 * Absence is not here: looking for something that is not there gives `undefined`.
 *
 * @module
 */

import type { Reason } from '../api/conditions.ts';

const reasons = {
  /** Nothing was done, or nothing is known of it: no answer, a broken answer, an outage. */
  unavailable: 'RegistryUnavailable',
  /** A create or issue whose outcome is not known: it must be looked up before it is tried again. */
  uncertain: 'CreationUncertain',
  throttled: 'Throttled',
  denied: 'PermissionDenied',
  /** Another application bears the name. */
  nameTaken: 'NameConflict',
  /** The account holds as many applications as it may. */
  quotaExceeded: 'QuotaExceeded',
  /** The application already has as many client secrets as it may. */
  slotsExhausted: 'SecretSlotsExhausted',
  /** The registry will refuse the same request again. */
  rejected: 'RegistryRejected',
  /** The application or the client secret that the call names is not there. */
  absent: 'ApplicationMissing',
} as const satisfies Record<string, Reason>;

/** Stable: it is also a metric label. */
export type FailureCode = keyof typeof reasons;

/** All of them. */
export const failureCodes: readonly string[] = Object.keys(reasons);

/** The condition reason that a user sees for `code`. */
export function reasonOf(code: FailureCode): Reason {
  return reasons[code];
}
