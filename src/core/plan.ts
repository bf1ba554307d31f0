/**
 * Decides what must happen, and does none of it.
 *
 * @module
 */

import { accountForClientSecrets } from './client-secrets.ts';
import { borneSince } from './conditions.ts';
import { secretStanding } from './delivery.ts';
import { changesFor, type Difference, differences, digestOf } from './differences.ts';
import type { Observed } from './observed.ts';
import { requestOf } from './requests.ts';
import { isHeld, marks, openOperationOf, writeBinding } from './resource.ts';
import { type Cause, isAnswered, rotationOf } from './rotation.ts';
import { isFresh, isWithinReach } from './standing.ts';
import type { Application, ApplicationSettings, Binding, Desired, ObservedSecret, Operation } from './state.ts';

/** One step towards the desired state; each is one call. */
export type Action =
  /** Finalizer, binding and intent on the resource, in one write. */
  | { readonly kind: 'HoldDeletion'; readonly binding: Binding; readonly operation: Operation | undefined }
  | { readonly kind: 'CreateApplication'; readonly application: Application; readonly operation: string }
  | {
      readonly kind: 'UpdateApplication';
      readonly changes: Partial<ApplicationSettings>;
      readonly differences: readonly Difference[];
    }
  /** Asks whether the API server would take the Secret, before a client secret is issued for it: changes nothing. */
  | { readonly kind: 'TrySecret'; readonly how: 'create' | 'patch' }
  | { readonly kind: 'IssueClientSecret'; readonly operation: string; readonly cause: Cause }
  | { readonly kind: 'DeliverSecret'; readonly how: 'create' | 'patch' | 'replace' }
  /** What a change of the Secret's name leaves: deleted, or without our keys and marks where it holds foreign ones. */
  | { readonly kind: 'RetireSecret'; readonly secret: ObservedSecret }
  /** Once the Secret serves another, or (`discarded`) because it was never delivered or must make room. */
  | { readonly kind: 'DeleteClientSecret'; readonly id: string; readonly why: 'discarded' | 'revoked' };

/** What a plan may not make up itself, to stay pure. */
export interface Attempt {
  /** A fresh UUID, for an intent if one is needed. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Plans the way from what was found to what is wanted.
 *
 * Pure: the same arguments give the same plan, so it can be printed, tested and run again. It plans for an application
 * and a Secret that are ours, absent or to be taken over; what stands in the way of that is a guard's to say (`guards.ts`).
 *
 * # Guarantees
 *
 * - Nothing is created or issued before deletion is held and the intent is recorded.
 * - A client secret that an interrupted attempt issued is delivered if its value can be read, else deleted: never guessed.
 * - After the API server refused the Secret nothing is issued or deleted before it is asked again.
 * - Nothing that we did not issue is deleted, and no client secret before the Secret holds another.
 * - Once a plan has been carried out, planning again gives an empty plan, or the rotation that waited for a slot.
 *
 * @returns The steps in the order in which they must be taken; empty when nothing is left to do.
 */
export function plan(desired: Desired, observed: Observed, attempt: Attempt): readonly Action[] {
  const creates = !isWithinReach(desired, observed);
  const { issue, discarded, revoked } = rotationOf(desired, observed);
  const cause = creates && desired.application.secretRequired ? 'none' : issue;
  const isNew = creates || cause !== undefined;
  const updates = creates ? [] : planUpdate(desired, observed);
  const operation = isNew ? operationFor(desired, observed, attempt, creates) : openOperationOf(observed.resource);
  const intent = updates.length > 0 ? pastCreation(operation) : operation;
  const delivery = planDelivery(desired, observed, isNew);
  return [
    ...(isNew && !creates ? planTrial(observed, delivery) : []),
    ...planDeletions(discarded, 'discarded'),
    ...planHold(desired, observed, intent),
    ...(creates && operation
      ? [{ kind: 'CreateApplication' as const, application: desired.application, operation: operation.id }]
      : []),
    ...updates,
    ...(cause && operation ? [{ kind: 'IssueClientSecret' as const, operation: operation.id, cause }] : []),
    ...delivery,
    ...observed.renamedSecrets.map((secret) => ({ kind: 'RetireSecret' as const, secret })),
    ...planDeletions(revoked, 'revoked'),
  ];
}

function operationFor(desired: Desired, observed: Observed, { id, now }: Attempt, creates: boolean): Operation {
  const open = openOperationOf(observed.resource);
  const sent = creates ? digestOf(desired.application) : undefined;
  const request = requestOf(observed.resource, 'rotate');
  const { current } = accountForClientSecrets(desired, observed);
  const isSame = open !== undefined && open.request === request && !isAnswered(observed, current);
  if (open && isSame && isFresh(open, now) && (!creates || open.sent === sent)) return open;
  return {
    id,
    uid: observed.resource.uid,
    kind: creates ? 'CreateApplication' : 'IssueClientSecret',
    startTime: now,
    knownClientSecretIDs: observed.clientSecrets.map((secret) => secret.id),
    sent,
    ...(request !== undefined && { request }),
  };
}

/**
 * Whether an action may still be taken that an open intent is there for: what it makes must be found in the attempt's
 * window, however long it took to record the intent and whatever became of the clock meanwhile.
 */
export function isTimely({ kind }: Action, { resource }: Observed, now: number): boolean {
  const open = kind === 'CreateApplication' || kind === 'IssueClientSecret' ? openOperationOf(resource) : undefined;
  return open === undefined || isFresh(open, now);
}

/** Whether the Secret was read back where that must be known: before the client secret goes that it served before. */
export function isReadBack(action: Action, desired: Desired, observed: Observed): boolean {
  if (action.kind !== 'DeleteClientSecret' || action.why !== 'revoked') return true;
  const { secret } = observed;
  return secret !== undefined && 'data' in secret && secretStanding(desired, observed) === 'proven';
}

/** An application that is changed is not what was sent any more: from then on the binding proves it, not the attempt. */
function pastCreation(operation: Operation | undefined): Operation | undefined {
  return operation?.kind === 'CreateApplication' ? { ...operation, kind: 'IssueClientSecret' } : operation;
}

/** A mark that says the same in another form is as good as none: it is written anew, once. */
function planHold({ binding }: Desired, { resource }: Observed, operation: Operation | undefined): Action[] {
  const open = openOperationOf(resource);
  const isBound = resource.annotations[marks.binding] === writeBinding(binding);
  const isRecorded = operation?.id === open?.id && operation?.kind === open?.kind;
  return isHeld(resource) && isBound && isRecorded ? [] : [{ kind: 'HoldDeletion', binding, operation }];
}

function planUpdate({ application }: Desired, { application: found }: Observed): Action[] {
  const differing = found === undefined ? [] : differences(application, found);
  if (differing.length === 0) return [];
  return [{ kind: 'UpdateApplication', changes: changesFor(application, differing), differences: differing }];
}

/** One that is replaced makes room for itself: a trial would meet what is there. */
function planTrial({ resource, time }: Observed, delivery: readonly Delivery[]): Action[] {
  const refused = borneSince(resource.status.conditions, 'SecretReady', 'SecretRefused', time);
  if (refused === undefined) return [];
  return delivery.flatMap(({ how }) => (how === 'replace' ? [] : [{ kind: 'TrySecret', how }]));
}

type Delivery = Extract<Action, { kind: 'DeliverSecret' }>;

function planDelivery(desired: Desired, observed: Observed, isNew: boolean): Delivery[] {
  const standing = secretStanding(desired, observed);
  if (standing === 'proven' && !isNew) return [];
  const how = standing === 'absent' || standing === 'foreign' ? 'create' : standing === 'replace' ? 'replace' : 'patch';
  return [{ kind: 'DeliverSecret', how }];
}

function planDeletions(ids: readonly string[], why: 'discarded' | 'revoked'): Action[] {
  return ids.map((id) => ({ kind: 'DeleteClientSecret', id, why }));
}
