/**
 * The Lease that replicas elect their leader by, as client-go writes and reads it (coordination.k8s.io/v1).
 *
 * @module
 */

import type { KubeObject, Resource } from './kube.ts';

export const leases: Resource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', namespaced: true };

/** Every field is optional in the API; its types are checked by the API server. */
export interface LeaseSpec {
  /** Empty where nobody leads. */
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  /** `metav1.MicroTime`, like `renewTime`; read by people only. */
  readonly acquireTime?: string;
  readonly renewTime?: string;
  /** How often the holder was another one than before. */
  readonly leaseTransitions?: number;
}

export interface Lease extends KubeObject {
  readonly spec?: LeaseSpec;
}

/** Whole seconds. */
export interface LeaseTimes {
  /** For how long nobody else takes a Lease that is not renewed. */
  readonly leaseDuration: number;
  /** For how long a leader that cannot renew goes on. */
  readonly renewDeadline: number;
  /** Between two renewals. */
  readonly retryPeriod: number;
}

/** Those of client-go. */
export const defaultLeaseTimes: LeaseTimes = { leaseDuration: 15, renewDeadline: 10, retryPeriod: 2 };

/** Whether a leader stops before another begins, and has time to try again (client-go's rule and its jitter of 1.2). */
export function isPossible({ leaseDuration, renewDeadline, retryPeriod }: LeaseTimes): boolean {
  return leaseDuration > renewDeadline && renewDeadline > retryPeriod * 1.2 && retryPeriod > 0;
}

/** The Lease of a new holder, or renewed by the one it has. `now` is in milliseconds since the epoch. */
export function claimed(before: LeaseSpec | undefined, identity: string, seconds: number, now: number): LeaseSpec {
  const renewTime = microTime(now);
  const isRenewal = before?.holderIdentity === identity;
  const transitions = before?.leaseTransitions ?? 0;
  return {
    holderIdentity: identity,
    leaseDurationSeconds: seconds,
    acquireTime: isRenewal ? (before.acquireTime ?? renewTime) : renewTime,
    renewTime,
    leaseTransitions: before === undefined || isRenewal ? transitions : transitions + 1,
  };
}

/** The Lease that its holder gives up: anybody may take it at once. */
export function released(before: LeaseSpec | undefined, now: number): LeaseSpec {
  const time = microTime(now);
  const leaseTransitions = before?.leaseTransitions ?? 0;
  return { holderIdentity: '', leaseDurationSeconds: 1, acquireTime: time, renewTime: time, leaseTransitions };
}

/** Milliseconds since the epoch → `metav1.MicroTime`: six digits of a second, the API server takes no other form. */
export function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}
