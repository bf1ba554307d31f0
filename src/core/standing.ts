/**
 * Whose application it is that was found, and what an attempt to make one proves.
 *
 * @module
 */

import { isWhatWasSent } from './differences.ts';
import { sameName } from './names.ts';
import type { Observed } from './observed.ts';
import { bindingOf, explicitNameOf, isSameBinding, openOperationOf, type Resource } from './resource.ts';
import type { Application, Binding, Desired, Operation, Provenance, RegisteredApplication } from './state.ts';
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
 * - `adoptable`: it is nobody's, and spec and rules let this resource take it over.
 * - `uncertain`: it appeared during our own attempt to create it, but is not what we sent.
 * - `foreign`: anything else, and whatever a rule would have to grant and none does.
 */
export type ApplicationStanding = 'absent' | 'ours' | 'adoptable' | 'uncertain' | 'foreign';

/** What is found of an application, and what speaks for it. */
type Finding = Pick<Observed, 'application' | 'resource' | 'created' | 'isAdoptionGranted' | 'holder'>;

/** Whose application it is, seen from what is wanted: one of another type or protocol version is not it. */
export function applicationStanding(desired: Desired, observed: Finding): ApplicationStanding {
  const { application: wanted, binding, adoptionPolicy } = desired;
  const { application: found } = observed;
  if (found !== undefined && !isOfKind(found, wanted)) return 'foreign';
  const standing = boundStanding(binding, observed);
  if (standing !== 'foreign' && standing !== 'uncertain') return standing;
  return adoptionPolicy !== 'Never' && isFree(desired, observed) ? 'adoptable' : standing;
}

/** Type and protocol version cannot be changed: with others it is another application. */
function isOfKind(found: Application, wanted: Application): boolean {
  return found.type === wanted.type && found.protocolVersion === wanted.protocolVersion;
}

/** Whether an application that is not ours could be adopted, as far as rules and other resources say. */
export function isFree({ application: wanted }: Desired, observed: Finding): boolean {
  const { application: found, isAdoptionGranted = false, holder } = observed;
  if (found === undefined || !isAdoptionGranted || holder !== undefined) return false;
  return sameName(found.name, wanted.name) && isOfKind(found, wanted);
}

/** Whether a plan may work with the application: it is ours, or the plan begins by adopting it. */
export function isWithinReach(desired: Desired, observed: Finding): boolean {
  const standing = applicationStanding(desired, observed);
  return standing === 'ours' || standing === 'adoptable';
}

/** Whose application it is, seen from the name alone: a resource that is going need not have a valid spec. */
export function boundStanding(
  binding: Omit<Binding, 'provenance'>,
  observed: Omit<Finding, 'holder'>,
): Exclude<ApplicationStanding, 'adoptable'> {
  const { application, resource, created, isAdoptionGranted = false } = observed;
  if (application === undefined) return 'absent';
  if (!sameName(application.name, binding.applicationName)) return 'foreign';
  if (!isAdoptionGranted && isOfOthers(application, resource)) return 'foreign';
  if ([resource.status.applicationID, created].includes(application.id)) return 'ours';
  const claimed = bindingOf(resource);
  const isBound = isSameBinding(claimed, binding);
  // Whatever was tried before the adoption is over.
  if (isBound && claimed?.provenance === 'Adopted') return 'ours';
  const operation = openOperationOf(resource);
  if (operation?.kind === 'CreateApplication') return attemptStanding(application, operation, resource);
  return isBound ? 'ours' : 'foreign';
}

/**
 * Whether the application was made by others, so that only a rule can make it the resource's: it was adopted, or it bears an
 * explicit name and was there before the resource.
 *
 * Anybody can ask for an explicit name, and status and annotations can be forged: a creation time cannot.
 */
function isOfOthers(application: RegisteredApplication, resource: Resource): boolean {
  const isOlder = isBefore(application, resource);
  return (
    (explicitNameOf(resource) !== undefined && isOlder) || provenanceRecordedOf(application, resource) === 'Adopted'
  );
}

/** Whether something in the registry was there before the resource, which no tenant can make it say: it cannot come of it. */
export function isBefore({ createTime }: { readonly createTime: number }, { creationTime }: Resource): boolean {
  return createTime < creationTime - allowedSkew;
}

/** How the application comes to be the resource's: by this plan, or as it is recorded of it. */
export function provenanceOf(desired: Desired, observed: Finding): Provenance {
  const { application, resource } = observed;
  if (application === undefined) return 'Created';
  if (applicationStanding(desired, observed) === 'adoptable' || isOfOthers(application, resource)) return 'Adopted';
  return provenanceRecordedOf(application, resource) ?? 'Created';
}

/** The status speaks of the application that it names; the annotation is written before anything becomes of another. */
function provenanceRecordedOf({ id }: RegisteredApplication, resource: Resource): Provenance | undefined {
  const { applicationID, provenance } = resource.status;
  return (applicationID === id ? provenance : undefined) ?? bindingOf(resource)?.provenance;
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
