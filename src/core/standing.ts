/**
 * Whose application it is that was found, and what an attempt to make one proves.
 *
 * @module
 */

import { isWhatWasSent } from './differences.ts';
import { sameName } from './names.ts';
import type { Observed } from './observed.ts';
import { bindingOf, explicitNameOf, isSameBinding, openOperationOf, type Resource } from './resource.ts';
import type { Binding, Desired, Operation, RegisteredApplication } from './state.ts';
import { allowedSkew } from './time.ts';

/** Milliseconds after which an intent is no longer used for a further attempt, but renewed. */
const attempt = 15_000;
/** Milliseconds that a call to a registry may take, all its timeouts together. */
const callDeadline = 4_000;
/** Milliseconds within which a call that was given up can still be applied by the registry. */
const lateApply = callDeadline + 60_000;

/**
 * Whose application it is that bears the effective name.
 *
 * - `ours`: its ID is in our status, or this pass created it, or our open intent made it, or the resource is bound to it by its annotation (a
 *   restore; the live match of the name is the proof, since nobody else derives it).
 * - `uncertain`: it appeared during our own attempt to create it, but is not what we sent.
 * - `foreign`: anything else, and whatever bears an explicit name and is older than the resource.
 */
export type ApplicationStanding = 'absent' | 'ours' | 'uncertain' | 'foreign';

/** Whose application it is, seen from what is wanted: one of another type or protocol version is not it. */
export function applicationStanding(
  { application: wanted, binding }: Desired,
  observed: Observed,
): ApplicationStanding {
  const { application: found } = observed;
  const isOther =
    found !== undefined && (found.type !== wanted.type || found.protocolVersion !== wanted.protocolVersion);
  return isOther ? 'foreign' : boundStanding(binding, observed);
}

/** Whose application it is, seen from the name alone: a resource that is going need not have a valid spec. */
export function boundStanding(
  binding: Omit<Binding, 'provenance'>,
  { application, resource, created }: Pick<Observed, 'application' | 'resource' | 'created'>,
): ApplicationStanding {
  if (application === undefined) return 'absent';
  if (!sameName(application.name, binding.applicationName)) return 'foreign';
  if (explicitNameOf(resource) !== undefined && isOlder(application, resource)) return 'foreign';
  if ([resource.status.applicationID, created].includes(application.id)) return 'ours';
  const operation = openOperationOf(resource);
  if (operation?.kind === 'CreateApplication') return attemptStanding(application, operation, resource);
  return isSameBinding(bindingOf(resource), binding) ? 'ours' : 'foreign';
}

/**
 * Whether the application was there before the resource.
 *
 * Anybody can ask for an explicit name, and status and annotations can be forged: a creation time cannot.
 */
function isOlder({ createTime }: RegisteredApplication, { creationTime }: Resource): boolean {
  return createTime < creationTime - allowedSkew;
}

function attemptStanding(
  application: RegisteredApplication,
  operation: Operation,
  resource: Resource,
): 'ours' | 'uncertain' | 'foreign' {
  if (!inWindow(application.createTime, operation, resource)) return 'foreign';
  const { sent } = operation;
  return sent !== undefined && isWhatWasSent(application, sent) ? 'ours' : 'uncertain';
}

/**
 * Whether what was made at `time` can have come of an attempt.
 *
 * No attempt began before the resource: its creation time is the one that no tenant can write.
 */
export function inWindow(time: number, { startTime }: Operation, { creationTime }: Resource): boolean {
  return time >= Math.max(startTime, creationTime) - allowedSkew && time <= startTime + lateApply + allowedSkew;
}

/** Whether `operation` may carry one more attempt: the window that proves its results is still narrow. */
export function isFresh({ startTime }: Operation, now: number): boolean {
  return now >= startTime && now - startTime < attempt;
}

/** Milliseconds until an attempt that may still be applied late is over; 0 if it is. */
export function attemptRemaining(
  { startTime }: Pick<Operation, 'startTime'>,
  now: number,
  consistencyWindow: number,
): number {
  return Math.max(0, startTime + callDeadline + consistencyWindow - now);
}
