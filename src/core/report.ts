/**
 * Outcome + old status + now → new status, events, and when to look again.
 *
 * Conditions and events are made here and nowhere else, with the same reasons.
 *
 * @module
 */

import type { OAuthApplicationStatus } from '../api/application.ts';
import { isReason, meaningOf, type Reason } from '../api/conditions.ts';
import { isAdopted } from './client-secrets.ts';
import { blockedConditions, type Claim, conditionsFrom, suspendedConditions, type Verdicts } from './conditions.ts';
import { secretStanding } from './delivery.ts';
import { differences } from './differences.ts';
import { explain, explainRemoval } from './explain.ts';
import { type Facts, factsOf, recorded, statusWith } from './facts.ts';
import type { Observed } from './observed.ts';
import type { Event, Failure, Next, Pass, Report } from './outcome.ts';
import type { Action } from './plan.ts';
import type { RemovalAction } from './removal.ts';
import { ignoredRequests } from './requests.ts';
import type { Resource } from './resource.ts';
import { rotationOf } from './rotation.ts';
import { applicationStanding } from './standing.ts';
import type { Desired, RegisteredApplication } from './state.ts';

/** Reports a pass over a resource that its registry may hold. */
export function report(pass: Pass, now: number): Report {
  const { resource } = pass.known;
  const status = withConditions(resource, factsOf(pass, now), verdictsOf(pass), now);
  const events = [
    ...eventsOf(resource, status),
    ...remarkEvents(pass, status),
    ...clientIDEvents(resource.status, status),
  ];
  return { status, events, next: nextOf(pass, now) };
}

/**
 * Reports a resource that is not acted on; what was proved before stays in the status.
 *
 * Where nobody could look the request for a look stands: lists that come first, once the registry answers, may not show what it
 * is about.
 */
export function reportRefusal(resource: Resource, failure: Failure, resyncInterval: number, now: number): Report {
  const { condition = 'Ready', status: verdict } = meaningOf(failure.reason);
  const verdicts = { Accepted: accepted, [condition]: failure };
  const status = withConditions(resource, verdict === 'False' ? recorded(resource) : {}, verdicts, now);
  return { status, events: eventsOf(resource, status), next: nextOfObstacle(failure, resyncInterval) };
}

/** Reports a deletion that cannot be carried out yet; what else was proved stays as it is. */
export function reportBlockedDeletion(
  resource: Resource,
  message: string,
  afterSeconds: number | undefined,
  now: number,
): Report {
  const claim: Claim = { reason: 'DeletionBlocked', message };
  const conditions = blockedConditions(claim, resource.status.conditions ?? [], resource.generation, now);
  const status = { ...resource.status, conditions };
  const next: Next = afterSeconds === undefined ? { kind: 'backoff' } : { kind: 'after', seconds: afterSeconds };
  return { status, events: conditionEvents(resource.status, status), next };
}

const accepted: Claim = { reason: 'Succeeded', message: 'the spec is valid and allowed' };

/** A suspended resource keeps what was last proved, and shows that nobody looks. */
export function reportSuspension({ status, generation }: Resource, now: number): Report {
  const conditions = suspendedConditions(status.conditions ?? [], generation, now);
  return { status: { ...status, conditions }, events: [], next: { kind: 'rest' } };
}

function withConditions(resource: Resource, facts: Facts, verdicts: Verdicts, now: number): OAuthApplicationStatus {
  const conditions = conditionsFrom(verdicts, resource.status.conditions ?? [], resource.generation, now);
  return statusWith(resource, facts, conditions);
}

function verdictsOf({ desired, known, held, failure }: Pass): Verdicts {
  const told: Verdicts = {};
  for (const claim of [...held.toReversed(), ...(failure ? [failure] : [])])
    told[meaningOf(claim.reason).condition ?? 'Ready'] = claim;
  const isOurs = applicationStanding(desired, known) === 'ours';
  const isRegistered =
    isOurs && known.application !== undefined && differences(desired.application, known.application).length === 0;
  const isDelivered = isOurs && secretStanding(desired, known) === 'proven';
  return {
    Accepted: accepted,
    ...(isRegistered && {
      Registered: {
        reason: 'Succeeded',
        message: `application ${desired.application.name} is registered as the spec says`,
      },
    }),
    ...(isDelivered && {
      SecretReady: { reason: 'Succeeded', message: delivered(desired, known) },
    }),
    ...told,
  };
}

/** What keeps a client secret from being replaced or revoked takes nothing away from the one that is served. */
function delivered(desired: Desired, known: Observed): string {
  const { obstacle, served } = rotationOf(desired, known);
  const isAtWord = served !== undefined && desired.adoptionSecretRef !== undefined && isAdopted(served, known);
  const message = `Secret ${desired.secret.name} holds the credentials`;
  return [message, isAtWord && atWord, obstacle?.message].filter((part) => typeof part === 'string').join('; ');
}

/** What nobody but the user can vouch for is not claimed. */
const atWord =
  'the client secret is one that the application came with: unless the registry gives its value, it is what spec.adoptionSecretRef named, at its word';

/** What is told of actions that were carried out, in one. */
export function doneEvents(done: readonly Action[], desired: Desired): readonly Event[] {
  const told = done.filter(({ kind }) => kind !== 'HoldDeletion' && kind !== 'TrySecret');
  const [first] = told;
  if (first === undefined) return [];
  const note = `${told.map((action) => explain(action, desired)).join('. ')}.`;
  return [{ type: 'Normal', reason: 'Succeeded', action: first.kind, note }];
}

/** What is told of a removal: what went, and an application of the name that stayed because it is not proven ours. */
export function removalEvents(
  actions: readonly RemovalAction[],
  stranger: RegisteredApplication | undefined,
): readonly Event[] {
  const told = actions.filter(({ kind }) => kind !== 'ReleaseDeletion');
  const note = `${told.map(explainRemoval).join('. ')}.`;
  const done: readonly Event[] =
    told.length === 0 ? [] : [{ type: 'Normal', reason: 'Succeeded', action: 'Delete', note }];
  if (stranger === undefined) return done;
  const left = `Left application ${stranger.name} (${stranger.id}): it is not proven to be this resource's.`;
  return [...done, { type: 'Warning', reason: 'NameConflict', action: 'Delete', note: left }];
}

/** One warning for each condition that came to bear another bad reason; derived ones repeat what others say. */
function conditionEvents(before: OAuthApplicationStatus, after: OAuthApplicationStatus): readonly Event[] {
  return (after.conditions ?? []).flatMap(({ type, reason, message }) => {
    const isOld = before.conditions?.some((old) => old.type === type && old.reason === reason);
    const isTold = isReason(reason) && meaningOf(reason).condition === type;
    return isTold && !isOld ? [{ type: 'Warning', reason, action: 'Reconcile', note: message }] : [];
  });
}

/** Conditions that came to bear another bad reason, and requests that are none. */
function eventsOf(resource: Resource, after: OAuthApplicationStatus): readonly Event[] {
  const ignored = ignoredRequests(resource).map((name): Event => {
    const note = `The annotation ${name} has more than 128 characters and is ignored.`;
    return { type: 'Warning', reason: 'InvalidSpec', action: 'Reconcile', note };
  });
  return [...conditionEvents(resource.status, after), ...ignored];
}

/** A warning where the message of a good condition came to say that something stands in the way. */
function remarkEvents({ desired, known }: Pass, after: OAuthApplicationStatus): readonly Event[] {
  const { obstacle } = rotationOf(desired, known);
  const [old, now] = [known.resource.status, after].map(({ conditions = [] }) =>
    conditions.find(({ type }) => type === 'SecretReady'),
  );
  if (obstacle === undefined || now?.status !== 'True' || now.message === old?.message) return [];
  return [{ type: 'Warning', reason: obstacle.reason, action: 'Rotate', note: obstacle.message }];
}

/** Whoever noted the old client ID elsewhere has to know. */
function clientIDEvents(before: OAuthApplicationStatus, after: OAuthApplicationStatus): readonly Event[] {
  const { applicationName = '', clientID } = after;
  if (before.clientID === undefined || clientID === undefined || before.clientID === clientID) return [];
  const note = `Application ${applicationName} is another one now: its client ID is ${clientID}, and was ${before.clientID}.`;
  return [{ type: 'Warning', reason: 'ApplicationMissing', action: 'CreateApplication', note }];
}

function nextOf({ desired, known, held, failure, settled, registry }: Pass, now: number): Next {
  const obstacles = [...(failure ? [failure] : []), ...held];
  const waits = obstacles.map((obstacle) => nextOfObstacle(obstacle, registry.resyncInterval));
  if (waits.length > 0) return soonest(waits);
  if (!settled) return { kind: 'backoff' };
  const { dueTime = Number.POSITIVE_INFINITY } = rotationOf(desired, known);
  const due = Math.max(1, Math.ceil((dueTime - now) / 1_000));
  return { kind: 'after', seconds: Math.min(registry.resyncInterval, due) };
}

function nextOfObstacle({ reason, afterSeconds }: Failure, resyncInterval: number): Next {
  return afterSeconds === undefined ? nextFor(reason, resyncInterval) : { kind: 'after', seconds: afterSeconds };
}

/** A failure of our own counts before a wait: backoff is sooner than any interval. */
function soonest(waits: readonly Next[]): Next {
  if (waits.some(({ kind }) => kind === 'backoff')) return { kind: 'backoff' };
  const seconds = waits.flatMap((next) => (next.kind === 'after' ? [next.seconds] : []));
  return seconds.length > 0 ? { kind: 'after', seconds: Math.min(...seconds) } : { kind: 'terminal' };
}

function nextFor(reason: Reason, resyncInterval: number): Next {
  switch (meaningOf(reason).again) {
    case 'resync':
      return { kind: 'after', seconds: resyncInterval };
    case 'minute':
      return { kind: 'after', seconds: 60 };
    case 'backoff':
      return { kind: 'backoff' };
    case 'change':
      return { kind: 'terminal' };
  }
}
