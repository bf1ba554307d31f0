/**
 * Outcome + old status + now → new status, events, and when to look again.
 *
 * Conditions and events are made here and nowhere else, with the same reasons.
 *
 * @module
 */

import type { OAuthApplicationStatus } from '../api/application.ts';
import { meaningOf, type Reason } from '../api/conditions.ts';
import { blockedConditions, type Claim, conditionsFrom, type Verdicts } from './conditions.ts';
import type { RegistrySettings } from './desired.ts';
import { differences } from './differences.ts';
import { explain } from './explain.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Held } from './guards.ts';
import { applicationStanding, type Observed, secretStanding, servedClientSecret } from './observed.ts';
import type { Action } from './plan.ts';
import type { Refusal } from './policy.ts';
import { openOperationOf, type Resource, reconcileRequestOf } from './resource.ts';
import type { Desired } from './state.ts';
import { toTimestamp } from './time.ts';

/** What ended a pass early. */
export interface Failure extends Refusal {
  /** Seconds to wait before it is tried again, where they are known; such a failure is no stall. */
  readonly afterSeconds?: number | undefined;
}

/** All that a pass learned about a valid, allowed resource. */
export interface Pass {
  readonly desired: Desired;
  readonly registry: RegistrySettings;
  /** What is known after the last action. */
  readonly known: Observed;
  /** What was carried out, in order. */
  readonly done: readonly Action[];
  readonly held: readonly Held[];
  readonly failure: Failure | undefined;
  /** Whether planning again finds nothing to do: only then is an open intent closed. */
  readonly settled: boolean;
}

/** Something worth telling a person once; `action` is what was done or tried. */
export interface Event {
  readonly type: 'Normal' | 'Warning';
  readonly reason: Reason;
  readonly action: string;
  readonly note: string;
}

/** When a key is looked at again. `rest`: not before something changes. */
export type Next =
  | { readonly kind: 'after'; readonly seconds: number }
  | { readonly kind: 'backoff' }
  | { readonly kind: 'rest' };

export interface Report {
  readonly status: OAuthApplicationStatus;
  readonly events: readonly Event[];
  readonly next: Next;
}

/** Reports a pass over a resource that its registry may hold. */
export function report(pass: Pass, now: number): Report {
  const { resource } = pass.known;
  const status = withConditions(resource, factsOf(pass, now), verdictsOf(pass), now);
  const events = [...doneEvents(pass), ...conditionEvents(resource.status, status)];
  return { status, events, next: nextOf(pass) };
}

/** Reports a resource that is not acted on; what was proved before stays in the status. */
export function reportRefusal(
  resource: Resource,
  { reason, message }: Failure,
  resyncInterval: number,
  now: number,
): Report {
  const verdicts = { Accepted: accepted, [meaningOf(reason).condition ?? 'Ready']: { reason, message } };
  const status = withConditions(resource, recorded(resource), verdicts, now);
  return { status, events: conditionEvents(resource.status, status), next: nextFor(reason, resyncInterval) };
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
export function reportSuspension(resource: Resource, now: number): Report {
  const message = 'spec.suspend is true: neither the registry nor the Secret is read or written';
  const { status } = resource;
  const others = (status.conditions ?? []).filter(({ type }) => type !== 'Suspended' && type !== 'Reconciling');
  const before = status.conditions?.find(({ type }) => type === 'Suspended');
  const suspended = {
    type: 'Suspended',
    status: 'True' as const,
    reason: 'Succeeded',
    message,
    lastTransitionTime: before?.lastTransitionTime ?? toTimestamp(now),
    observedGeneration: resource.generation,
  };
  return { status: { ...status, conditions: [...others, suspended] }, events: [], next: { kind: 'rest' } };
}

function withConditions(resource: Resource, facts: Facts, verdicts: Verdicts, now: number): OAuthApplicationStatus {
  const { conditions: _old, ...kept } = resource.status;
  const conditions = conditionsFrom(verdicts, resource.status.conditions ?? [], resource.generation, now);
  return withoutUndefined({ ...kept, ...facts, observedGeneration: resource.generation, conditions });
}

type Facts = { [K in keyof OAuthApplicationStatus]?: OAuthApplicationStatus[K] | undefined };

function recorded(resource: Resource): Facts {
  return { lastHandledReconcileAt: reconcileRequestOf(resource) ?? resource.status.lastHandledReconcileAt };
}

/** What the status says of an application that was found to be ours; of any other nothing is claimed. */
function factsOf(pass: Pass, now: number): Facts {
  const { desired, registry, known, settled } = pass;
  const applicationName = desired.application.name;
  const { application, resource } = known;
  const requests = recorded(resource);
  if (application === undefined || applicationStanding(desired, known) !== 'ours')
    return { ...requests, applicationName };
  return {
    ...requests,
    applicationName,
    applicationID: application.id,
    clientID: application.clientID,
    accountID: registry.accountID,
    provenance: desired.binding.provenance,
    ...secretFacts(desired, known),
    clientSecrets: clientSecretFacts(desired, known),
    drift: driftFacts(pass),
    ...(settled && operationFacts(resource, now)),
  };
}

/** A new resource version of the Secret is not worth a write of its own. */
function secretFacts(desired: Desired, known: Observed): Facts {
  const { secret } = known;
  if (secret === undefined || secretStanding(desired, known) !== 'proven') return {};
  return { secretRef: { name: secret.name, resourceVersion: secret.resourceVersion }, binding: { name: secret.name } };
}

function clientSecretFacts(desired: Desired, known: Observed): OAuthApplicationStatus['clientSecrets'] {
  const served = servedClientSecret(desired, known);
  if (served === undefined) return undefined;
  const before = known.resource.status.clientSecrets?.find(({ id }) => id === served.id);
  const value = known.value?.id === served.id ? known.value.value : undefined;
  const fingerprint = value ? fingerprintOf(value) : before?.fingerprint;
  const createTime = toTimestamp(served.createTime);
  return [{ id: served.id, role: 'Current', createTime, ...(fingerprint !== undefined && { fingerprint }) }];
}

function driftFacts({ desired, known: { application } }: Pass): OAuthApplicationStatus['drift'] {
  if (desired.driftPolicy !== 'Report' || application === undefined) return undefined;
  const drift = differences(desired.application, application);
  const shown = (text: string) => (text.length <= longestShown ? text : `${text.slice(0, longestShown - 1)}…`);
  if (drift.length === 0) return undefined;
  return drift.map(({ field, desired, observed }) => ({ field, desired: shown(desired), observed: shown(observed) }));
}

/** Characters of a value that the status shows; the schema's limit. */
const longestShown = 4_096;

function operationFacts(resource: Resource, now: number): Facts {
  const operation = openOperationOf(resource);
  if (operation === undefined) return {};
  return { lastOperation: { id: operation.id, kind: operation.kind, completionTime: toTimestamp(now) } };
}

function verdictsOf({ desired, known, held, failure }: Pass): Verdicts {
  const told: Verdicts = Object.fromEntries(
    [...(failure ? [failure] : []), ...held].reverse().map((claim) => [meaningOf(claim.reason).condition, claim]),
  );
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
      SecretReady: { reason: 'Succeeded', message: `Secret ${desired.secret.name} holds the credentials` },
    }),
    ...told,
  };
}

function doneEvents({ done, desired }: Pass): readonly Event[] {
  const told = done.filter(({ kind }) => kind !== 'HoldDeletion');
  const [first] = told;
  if (first === undefined) return [];
  const note = `${told.map((action) => explain(action, desired)).join('. ')}.`;
  return [{ type: 'Normal', reason: 'Succeeded', action: first.kind, note }];
}

/** One warning for each condition that came to bear another bad reason. */
function conditionEvents(before: OAuthApplicationStatus, after: OAuthApplicationStatus): readonly Event[] {
  const derived = new Set(['Ready', 'Reconciling', 'Stalled', 'Suspended']);
  const told = (after.conditions ?? []).filter(({ type, reason }) => {
    const old = before.conditions?.find((condition) => condition.type === type);
    const isBad = reason !== 'Succeeded' && reason !== 'Progressing';
    return (
      isBad && old?.reason !== reason && (!derived.has(type) || (reason === 'DeletionBlocked' && type === 'Ready'))
    );
  });
  return told.map(({ reason, message }) => ({
    type: 'Warning',
    reason: reason as Reason,
    action: 'Reconcile',
    note: message,
  }));
}

function nextOf({ held, failure, settled, registry }: Pass): Next {
  const obstacles = [...(failure ? [failure] : []), ...held];
  const waits = obstacles.map((obstacle) => nextOfObstacle(obstacle, registry.resyncInterval));
  if (waits.length > 0) return soonest(waits);
  return settled ? { kind: 'after', seconds: registry.resyncInterval } : { kind: 'backoff' };
}

function nextOfObstacle({ reason, afterSeconds }: Failure, resyncInterval: number): Next {
  return afterSeconds === undefined ? nextFor(reason, resyncInterval) : { kind: 'after', seconds: afterSeconds };
}

/** A failure of our own counts before a wait: backoff is sooner than any interval. */
function soonest(waits: readonly Next[]): Next {
  if (waits.some(({ kind }) => kind === 'backoff')) return { kind: 'backoff' };
  const seconds = waits.flatMap((next) => (next.kind === 'after' ? [next.seconds] : []));
  return seconds.length > 0 ? { kind: 'after', seconds: Math.min(...seconds) } : { kind: 'rest' };
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
      return { kind: 'rest' };
  }
}

function withoutUndefined(facts: Facts): OAuthApplicationStatus {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as OAuthApplicationStatus;
}
