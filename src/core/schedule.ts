/**
 * When the time of a client secret is over: the interval after which it is replaced, the overlap after which it is revoked.
 *
 * All times are milliseconds since the epoch.
 *
 * @module
 */

import { type ClientSecretAccount, isUnknownTo } from './client-secrets.ts';
import type { Observed } from './observed.ts';
import { isAsked } from './requests.ts';
import { lastOperationOf } from './resource.ts';
import { fractionOf } from './spread.ts';
import { inWindow } from './standing.ts';
import type { ClientSecret, Desired } from './state.ts';
import { allowedSkew, fromTimestamp, toTimestamp } from './time.ts';

/** The part of an interval by which a rotation may come early, so that a thousand applications made at once do not rotate at once. */
const jitter = 0.1;

/**
 * When the interval of a client secret is over: up to a tenth early, always the same for the same client secret; `undefined`
 * without an interval.
 *
 * One that bears a time which is more than an interval ahead is of unknown age: its interval begins when it is first seen.
 */
export function intervalEnd(desired: Desired, observed: Observed, current: ClientSecret): number | undefined {
  const { interval } = desired.rotation;
  const { time, resource } = observed;
  if (interval === undefined) return undefined;
  const period = wholeSeconds(interval * (1 - jitter * fractionOf(resource.uid + current.id)));
  if (current.createTime <= time + interval) return wholeSeconds(current.createTime) + period;
  const latest = wholeSeconds(time) + period;
  return Math.min(fromTimestamp(resource.status.nextRotationTime) ?? latest, latest);
}

/** As a status records it: what is worked out again from a record must come out the same. */
function wholeSeconds(time: number): number {
  return Math.floor(time / 1_000) * 1_000;
}

/**
 * When the overlap is over; `undefined` if there is none. Where the clocks disagree nobody knows when it began: it lasts
 * twice as long.
 */
export function overlapEnd(desired: Desired, observed: Observed, account: ClientSecretAccount): number | undefined {
  const { previous } = account;
  return previous && previous.revokeAfter + (doClocksDisagree(observed, account) ? desired.rotation.overlap : 0);
}

/** Whether the previous client secret is to be revoked: its time is over, or somebody asks for that. */
export function isOver(desired: Desired, observed: Observed, account: ClientSecretAccount): boolean {
  const end = overlapEnd(desired, observed, account);
  return end !== undefined && (observed.time >= end || isAsked(observed.resource, 'revoke'));
}

/** Whether the newest client secret bears a time at which our attempt to issue it cannot have been. */
function doClocksDisagree({ resource }: Observed, { current }: ClientSecretAccount): boolean {
  const operation = lastOperationOf(resource);
  if (current === undefined || operation === undefined || !isUnknownTo(operation, current.id)) return false;
  return !inWindow(current.createTime, operation, resource);
}

/** What is told of a previous client secret that is revoked later, because the clocks disagree; `undefined` if that is not so. */
export function delayBySkew(desired: Desired, observed: Observed, account: ClientSecretAccount): string | undefined {
  const { previous } = account;
  const end = overlapEnd(desired, observed, account);
  if (previous === undefined || end === undefined || isOver(desired, observed, account)) return undefined;
  if (observed.time < previous.revokeAfter) return undefined;
  return `the registry's clock and the controller's differ by more than ${allowedSkew / 1_000} seconds, as the current client secret shows: ${previous.id} is revoked after ${toTimestamp(end)}, one overlap late; set the clocks right`;
}
