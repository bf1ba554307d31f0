/**
 * Condition types and reasons as closed lists, each with its meaning.
 *
 * A reason is at once the condition's reason, the event's reason and a metric label; nothing else may be one.
 *
 * @module
 */

/** Conditions that are always present, in the order in which they are decided; `Ready` is derived from the others. */
export const standingConditions = ['Accepted', 'Registered', 'SecretReady', 'Ready'] as const;

/** Conditions that are present only while they are true (kstatus: abnormal-true). */
export const passingConditions = ['Reconciling', 'Stalled', 'Suspended'] as const;

export type ConditionType = (typeof standingConditions)[number] | (typeof passingConditions)[number];

/** What a reason says about a resource. */
interface Meaning {
  /** The condition that bears the reason; `undefined`: only an event does. */
  readonly condition?: ConditionType;
  readonly status?: 'True' | 'False' | 'Unknown';
  /** Nothing changes until a person acts: kstatus reads it as failed. */
  readonly stalled: boolean;
  /**
   * When the resource is looked at again.
   *
   * - `resync`: at the registry's interval.
   * - `backoff`: soon, waiting longer each time, at most 15 minutes.
   * - `change`: not before the resource, its registry or what it names changes.
   * - `minute`: every 60 seconds.
   */
  readonly again: 'resync' | 'backoff' | 'change' | 'minute';
}

const meanings = {
  Succeeded: { status: 'True', stalled: false, again: 'resync' },
  Progressing: { status: 'Unknown', stalled: false, again: 'backoff' },
  InvalidSpec: { condition: 'Accepted', status: 'False', stalled: true, again: 'change' },
  PolicyViolation: { condition: 'Accepted', status: 'False', stalled: true, again: 'change' },
  NamespaceNotAllowed: { condition: 'Accepted', status: 'False', stalled: true, again: 'change' },
  RegistryNotFound: { condition: 'Accepted', status: 'False', stalled: true, again: 'change' },
  RegistryNotReady: { condition: 'Registered', status: 'Unknown', stalled: false, again: 'backoff' },
  RegistryUnavailable: { condition: 'Registered', status: 'Unknown', stalled: false, again: 'backoff' },
  Throttled: { condition: 'Registered', status: 'Unknown', stalled: false, again: 'backoff' },
  PermissionDenied: { condition: 'Registered', status: 'Unknown', stalled: false, again: 'backoff' },
  NameConflict: { condition: 'Registered', status: 'False', stalled: true, again: 'resync' },
  AdoptionRequired: { condition: 'Registered', status: 'False', stalled: true, again: 'resync' },
  QuotaExceeded: { condition: 'Registered', status: 'False', stalled: true, again: 'resync' },
  RegistryRejected: { condition: 'Registered', status: 'False', stalled: true, again: 'resync' },
  CreationUncertain: { condition: 'Registered', status: 'Unknown', stalled: false, again: 'backoff' },
  ApplicationMissing: { condition: 'Registered', status: 'False', stalled: true, again: 'resync' },
  DriftDetected: { condition: 'Registered', status: 'False', stalled: false, again: 'resync' },
  DriftContested: { condition: 'Registered', status: 'False', stalled: true, again: 'resync' },
  SecretConflict: { condition: 'SecretReady', status: 'False', stalled: true, again: 'minute' },
  SecretSlotsExhausted: { condition: 'SecretReady', status: 'False', stalled: true, again: 'resync' },
  SecretUnaccounted: { condition: 'SecretReady', status: 'False', stalled: true, again: 'resync' },
  SecretUnreadable: { condition: 'SecretReady', status: 'False', stalled: true, again: 'resync' },
  SecretRefused: { condition: 'SecretReady', status: 'False', stalled: false, again: 'backoff' },
  ClockSkew: { stalled: false, again: 'resync' },
  DeletionBlocked: { condition: 'Ready', status: 'False', stalled: false, again: 'backoff' },
} as const satisfies Record<string, Meaning>;

export type Reason = keyof typeof meanings;

/** Whether a text is a reason of the list. */
export function isReason(text: string): text is Reason {
  return Object.hasOwn(meanings, text);
}

/** The list. */
export const reasons: readonly Reason[] = Object.keys(meanings).filter(isReason);

/** What `reason` says, from the one table. */
export function meaningOf(reason: Reason): Meaning {
  return meanings[reason];
}
