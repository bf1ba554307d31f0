/**
 * What a pass claims → the conditions of the status.
 *
 * `Ready` and the passing conditions are derived here, so that they cannot say anything else than what they stand for.
 *
 * @module
 */

import type { Condition } from '../api/application.ts';
import { type ConditionType, meaningOf, type Reason, standingConditions } from '../api/conditions.ts';
import { shortened } from './shorten.ts';
import { fromTimestamp, toTimestamp } from './time.ts';

/** What is claimed of one condition. */
export interface Claim {
  readonly reason: Reason;
  /** What a user can act on. */
  readonly message: string;
  /** Time alone may change it: it is no stall. */
  readonly afterSeconds?: number | undefined;
}

/** Claims by condition; of a condition that is missing here nothing is known. */
export type Verdicts = Partial<Record<ConditionType, Claim>>;

type Status = 'True' | 'False' | 'Unknown';

interface Verdict {
  readonly type: ConditionType;
  readonly status: Status;
  readonly reason: Reason;
  readonly message: string;
  readonly stalled: boolean;
}

/**
 * The conditions that follow, in a fixed order; one that says what it said before keeps its transition time.
 *
 * - A condition without a claim is Unknown. `Ready` is False if one is False, else Unknown if one is Unknown, else True.
 * - `Stalled` is there while a reason says that only a person can help, else `Reconciling` while `Ready` is not True.
 */
export function conditionsFrom(
  claims: Verdicts,
  before: readonly Condition[],
  generation: number,
  now: number,
): Condition[] {
  const parts = standingConditions.filter((type) => type !== 'Ready').map((type) => verdict(type, claims[type]));
  const ready = claims.Ready ? verdict('Ready', claims.Ready) : derive('Ready', worst(parts));
  const stall = [...parts, ready].find(({ stalled }) => stalled);
  const passing =
    ready.status === 'True'
      ? []
      : [{ ...derive(stall ? 'Stalled' : 'Reconciling', stall ?? ready), status: 'True' as const }];
  return [...parts, ready, ...passing].map((next) => {
    const old = before.find(({ type }) => type === next.type);
    return asCondition(next, old, generation, now);
  });
}

/** The conditions of a resource whose deletion is blocked: `Ready` says so, the others stay as they were proved. */
export function blockedConditions(
  claim: Claim,
  before: readonly Condition[],
  generation: number,
  now: number,
): Condition[] {
  const ready = verdict('Ready', claim);
  const derived = [ready, { ...derive('Reconciling', ready), status: 'True' as const }];
  const kept = before.filter(({ type }) => type !== 'Ready' && type !== 'Reconciling' && type !== 'Stalled');
  return [
    ...kept,
    ...derived.map((next) =>
      asCondition(
        next,
        before.find(({ type }) => type === next.type),
        generation,
        now,
      ),
    ),
  ];
}

/** The conditions of a suspended resource: what was proved stays, and one says that nobody looks. */
export function suspendedConditions(before: readonly Condition[], generation: number, now: number): Condition[] {
  const message = 'spec.suspend is true: neither the registry nor the Secret is read or written';
  const suspended: Verdict = { type: 'Suspended', status: 'True', reason: 'Succeeded', message, stalled: false };
  const kept = before.filter(({ type }) => type !== 'Suspended' && type !== 'Reconciling');
  return [
    ...kept,
    asCondition(
      suspended,
      before.find(({ type }) => type === 'Suspended'),
      generation,
      now,
    ),
  ];
}

function verdict(type: ConditionType, claim: Claim | undefined): Verdict {
  if (claim === undefined) {
    return { type, status: 'Unknown', reason: 'Progressing', message: waiting, stalled: false };
  }
  const { status = 'Unknown', stalled } = meaningOf(claim.reason);
  const { reason, message, afterSeconds } = claim;
  return { type, status, reason, message, stalled: stalled && afterSeconds === undefined };
}

const waiting = 'not reached yet: see the other conditions';

/** The part that decides: the first False, else the first Unknown, else all is well. */
function worst(parts: readonly Verdict[]): Verdict {
  const bad = (status: Status) => {
    const found = parts.filter((part) => part.status === status);
    return found.find(({ reason }) => reason !== 'Progressing') ?? found[0];
  };
  return bad('False') ?? bad('Unknown') ?? { ...wellDone };
}

const wellDone: Verdict = {
  type: 'Ready',
  status: 'True',
  reason: 'Succeeded',
  message: 'the application is registered and its Secret holds the credentials',
  stalled: false,
};

function derive(type: ConditionType, from: Verdict): Verdict {
  return { ...from, type };
}

function asCondition(
  { type, status, reason, message }: Verdict,
  old: Condition | undefined,
  generation: number,
  now: number,
): Condition {
  const isSame = old?.status === status && (!isCounted(type, reason) || (old.reason === reason && !isAhead(old, now)));
  const lastTransitionTime = isSame ? old.lastTransitionTime : toTimestamp(now);
  return {
    type,
    status,
    reason,
    message: shortened(message, longestMessage),
    lastTransitionTime,
    observedGeneration: generation,
  };
}

const counted: readonly (readonly [ConditionType, Reason])[] = [
  ['Registered', 'ApplicationMissing'],
  ['Registered', 'DriftContested'],
  ['Ready', 'DeletionBlocked'],
];

/** The reasons of which is counted for how long they are borne: whatever was wrong before is no part of it. */
function isCounted(type: string, reason: string): boolean {
  return counted.some(([condition, counts]) => condition === type && counts === reason);
}

/** Whether the time was noted before the clock was set back: it tells nothing, and is counted anew. */
function isAhead({ lastTransitionTime }: Condition, now: number): boolean {
  return (fromTimestamp(lastTransitionTime) ?? now) > now;
}

/** Since when, in milliseconds since the epoch, a reason is borne of which that is counted; `undefined` if it is not borne. */
export function borneSince(
  conditions: readonly Condition[] | undefined,
  type: ConditionType,
  reason: Reason,
  now: number,
): number | undefined {
  const found = conditions?.find((each) => each.type === type && each.reason === reason);
  return found && Math.min(now, fromTimestamp(found.lastTransitionTime) ?? now);
}

/** Characters of a message; a webhook may answer with more than the schema takes, and the condition must not be lost. */
const longestMessage = 4_096;

/** The one condition of a registry. A registry that cannot be worked with is not ready, whatever the reason. */
export function readyCondition(claim: Claim, before: readonly Condition[], generation: number, now: number): Condition {
  const status = claim.reason === 'Succeeded' ? 'True' : 'False';
  const ready = { ...verdict('Ready', claim), status } as const;
  return asCondition(
    ready,
    before.find(({ type }) => type === 'Ready'),
    generation,
    now,
  );
}
