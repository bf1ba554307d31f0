/**
 * The life of a client secret: which one is served, which one still works beside it, what is due and when.
 *
 * Pure: it follows from the spec, the status, the marks on the Secret, the live client secrets and the time. An application
 * has two slots (RAM console), so there is a current one and at most one previous.
 *
 * | current | previous | what is asked | then |
 * |---|---|---|---|
 * | – | any | – | issue; a previous one goes first only if no slot is free |
 * | value lost | – | – | issue; the current one becomes the previous |
 * | value lost | there | – | the previous one goes first, once in an overlap, else `SecretSlotsExhausted` until that ends |
 * | served | – | interval over, or requested | issue; the current one becomes the previous |
 * | served | in its overlap | interval over, or requested | wait for the end of the overlap |
 * | served | over, or requested | – | revoke the previous |
 * | not wanted | any | – | the current one becomes the previous, and has its overlap |
 *
 * What an interrupted attempt of ours issued is served instead of a further one if its value can be read, else it goes. Of
 * what we did not issue nothing ever goes: it may leave no slot, and that is told.
 *
 * @module
 */

import type { Reason } from '../api/conditions.ts';
import {
  accountForClientSecrets,
  alternatives,
  type ClientSecretAccount,
  isAdopted,
  isOfAttempt,
  isUnknownTo,
} from './client-secrets.ts';
import type { Observed } from './observed.ts';
import { onceForEach } from './once.ts';
import { isAsked, requestOf } from './requests.ts';
import { openOperationOf } from './resource.ts';
import { delayBySkew, intervalEnd, isOver, overlapEnd } from './schedule.ts';
import type { ClientSecret, Desired, PreviousClientSecret } from './state.ts';
import { allowedSkew } from './time.ts';

/** Why a client secret is issued: there is none, its value is lost, somebody asks for another, or it is old enough. */
export type Cause = 'none' | 'lost' | 'request' | 'interval';

/** What stands in the way, and what a user can do about it. */
export interface Obstacle {
  readonly reason: Reason;
  readonly message: string;
  /** Seconds after which time alone takes it away. */
  readonly afterSeconds?: number;
}

/** What is to become of an application's client secrets. All times are milliseconds since the epoch. */
export interface Rotation {
  /** The one whose value the Secret is to hold; `undefined`: none is wanted, or one must be issued first. */
  readonly served: ClientSecret | undefined;
  /** The one that the Secret and the status are to name beside it. */
  readonly previous: PreviousClientSecret | undefined;
  /** Why one is to be issued now. */
  readonly issue: Cause | undefined;
  /** IDs of those that go before anything else: nobody was given them, or there is no other slot. */
  readonly discarded: readonly string[];
  /** IDs of those that go once the Secret was read back, and serves another. */
  readonly revoked: readonly string[];
  readonly obstacle: Obstacle | undefined;
  /** When the next one is issued; a time that is past says since when it should have been. */
  readonly nextRotationTime: number | undefined;
  /** Whether the overlap is over in which a rotation was asked for, and that has not been carried out: it stays on record. */
  readonly isOverdue: boolean;
  /** When time alone makes something due that is not yet. */
  readonly dueTime: number | undefined;
  /** Whether the request for a rotation was carried out, or is remembered otherwise. */
  readonly isRotateHandled: boolean;
  /** Whether there is nothing left that the request to revoke speaks of. */
  readonly isRevokeHandled: boolean;
}

/** What is to become of the client secrets; the same for the same pass. */
export const rotationOf: (desired: Desired, observed: Observed) => Rotation = onceForEach(decide);

/** An application has two slots for client secrets (RAM console). */
const slots = 2;

function decide(desired: Desired, observed: Observed): Rotation {
  const account = accountForClientSecrets(desired, observed);
  const cause = causeOf(desired, observed, account);
  const successor = cause && account.lost.findLast(({ id }) => !observed.unreadable?.includes(id));
  const room = cause && successor === undefined ? roomFor(cause, desired, observed, account) : {};
  const served = desired.application.secretRequired ? (successor ?? account.current) : undefined;
  const isRetiring = isReplaced(account, served);
  // What would be the second before the one that is served makes room at once.
  const dropped = isRetiring ? account.previous : room.dropped;
  const isRevoked = dropped === undefined && isOver(desired, observed, account);
  const kept = dropped === undefined && !isRevoked ? account.previous : undefined;
  return {
    served,
    previous: isRetiring ? retired(desired, observed, account) : kept,
    issue: successor === undefined && (room.obstacle === undefined || isPressing(cause)) ? cause : undefined,
    discarded: [...idsOf(account.lost).filter((id) => id !== served?.id), ...idsOf(dropped)],
    revoked: isRevoked ? idsOf(account.previous) : [],
    obstacle: room.obstacle ?? skewOf(desired, observed, account),
    ...timesOf(desired, observed, account),
    ...handledOf(desired, observed, account, cause),
  };
}

function idsOf(secrets: ClientSecret | readonly ClientSecret[] | undefined): readonly string[] {
  return [secrets ?? []].flat().map(({ id }) => id);
}

function causeOf(desired: Desired, observed: Observed, { current, previous }: ClientSecretAccount): Cause | undefined {
  if (!desired.application.secretRequired) return undefined;
  if (current === undefined) return 'none';
  if (observed.unreadable?.includes(current.id)) return 'lost';
  if (previous !== undefined) return undefined;
  // No intent of such a time is believed: it would be asked for again and again. Nobody waits for another client secret.
  if (isBeforeBirth(observed)) return undefined;
  if (isRequested(observed, current)) return 'request';
  const due = intervalEnd(desired, observed, current);
  return due !== undefined && observed.time >= due ? 'interval' : undefined;
}

/** Whether the clock says that the resource is not there yet: it is behind. */
function isBeforeBirth({ time, resource }: Observed): boolean {
  return time < resource.creationTime - allowedSkew;
}

/** Without another client secret nobody can log on with what the Secret holds. */
function isPressing(cause: Cause | undefined): boolean {
  return cause === 'none' || cause === 'lost';
}

/** Whether what the open intent was recorded for has been delivered. */
export function isAnswered({ resource }: Observed, current: ClientSecret | undefined): boolean {
  const operation = openOperationOf(resource);
  return operation !== undefined && current !== undefined && isUnknownTo(operation, current.id);
}

/** Whether a rotation is asked for now, or was in an overlap. */
function isRequested(observed: Observed, current: ClientSecret): boolean {
  return isAskedAnew(observed, current) || isPromised(observed, current);
}

/** Whether the status has a rotation take place at the end of an overlap, and that has not been carried out. */
function isPromised(observed: Observed, current: ClientSecret): boolean {
  const { nextRotationTime, clientSecrets } = observed.resource.status;
  const overlap = clientSecrets?.find(({ role }) => role === 'Previous')?.revokeAfter;
  return overlap !== undefined && overlap === nextRotationTime && !isAnswered(observed, current);
}

/** Whether the annotation asks for a rotation, and not for the one that the open intent has carried out. */
function isAskedAnew(observed: Observed, current: ClientSecret | undefined): boolean {
  const { resource } = observed;
  const isCarriedOut =
    isAnswered(observed, current) && openOperationOf(resource)?.request === requestOf(resource, 'rotate');
  return isAsked(resource, 'rotate') && !isCarriedOut;
}

interface Room {
  /** The previous client secret, if it makes room. */
  readonly dropped?: PreviousClientSecret;
  readonly obstacle?: Obstacle;
}

/** Room for one more: those that an interrupted attempt left go anyway, the previous one only if it must. */
function roomFor(cause: Cause, desired: Desired, observed: Observed, account: ClientSecretAccount): Room {
  const { lost, previous, strangers } = account;
  if (observed.clientSecrets.length - lost.length < slots) return {};
  if (previous && isPressing(cause) && mayDrop(desired, observed, account)) return { dropped: previous };
  return { obstacle: strangers.length > 0 ? takenSlots(account, observed) : spentOverlap(previous, observed) };
}

/** Once in an overlap: a current one that was issued within the overlap of the one before has made somebody give way already. */
function mayDrop(desired: Desired, observed: Observed, account: ClientSecretAccount): boolean {
  const { current, previous } = account;
  if (current === undefined || previous === undefined || isOver(desired, observed, account)) return true;
  return current.createTime - previous.createTime >= desired.rotation.overlap;
}

function takenSlots({ strangers, current }: ClientSecretAccount, observed: Observed): Obstacle {
  const unaccounted = idsOf(strangers.filter((secret) => isOfAttempt(secret, observed)));
  if (unaccounted.length > 0) return leftOver(unaccounted);
  const reason = 'SecretSlotsExhausted';
  const ids = idsOf(strangers).join(' and ');
  if (current && alternatives(current, observed).length > 0)
    return {
      reason,
      message: `the application came with ${current.id} and ${ids}, and the registry does not say which of them is served; to make room for a new one, delete the one in the account that nobody uses`,
    };
  const message =
    strangers.length < slots
      ? `client secret ${ids} of the application is not ours, and leaves no slot for a new one; delete it in the account`
      : `both client secrets of the application, ${ids}, are not ours; delete one of them in the account`;
  return { reason, message };
}

/** On an application that we did not create it may be somebody else's all the same (I3). */
function leftOver(ids: readonly string[]): Obstacle {
  const message = `client secret ${ids.join(' and ')} came up while one was issued here, its value is lost, and it leaves no slot for another; the application was adopted, so it may be somebody else's: delete it in the account if nobody uses it`;
  return { reason: 'SecretUnaccounted', message };
}

function spentOverlap(previous: PreviousClientSecret | undefined, { time }: Observed): Obstacle {
  const message = `the value of the current client secret is lost again, and the one before it${previous ? `, ${previous.id},` : ''} still works; another is issued when the overlap ends, or at once if the annotation ramify.dev/revoke-previous-requested-at asks for its end`;
  const left = previous ? previous.revokeAfter - time : 0;
  return { reason: 'SecretSlotsExhausted', message, afterSeconds: Math.max(1, Math.ceil(left / 1_000)) };
}

/** Whether another than the current one is served, or none. */
function isReplaced({ current }: ClientSecretAccount, served: ClientSecret | undefined): boolean {
  return current !== undefined && served?.id !== current.id;
}

/** The current one, as it is named beside its successor; one that we did not issue is left alone. */
function retired(
  desired: Desired,
  observed: Observed,
  { current }: ClientSecretAccount,
): PreviousClientSecret | undefined {
  if (current === undefined || isAdopted(current, observed)) return undefined;
  return { ...current, revokeAfter: observed.time + desired.rotation.overlap };
}

function skewOf(desired: Desired, observed: Observed, account: ClientSecretAccount): Obstacle | undefined {
  const message = delayBySkew(desired, observed, account);
  return message === undefined ? undefined : { reason: 'ClockSkew', message };
}

function timesOf(desired: Desired, observed: Observed, account: ClientSecretAccount) {
  const { current, previous } = account;
  const isServed = desired.application.secretRequired && current !== undefined;
  const due = isServed ? intervalEnd(desired, observed, current) : undefined;
  const overlap = isServed ? previous?.revokeAfter : undefined;
  const asked = isServed && overlap !== undefined && isRequested(observed, current) ? overlap : due;
  const nextRotationTime = asked !== undefined && overlap !== undefined ? Math.max(asked, overlap) : asked;
  const isOverdue = isServed && previous === undefined && isPromised(observed, current);
  const dueTime = [overlapEnd(desired, observed, account) ?? due].find(
    (time) => time !== undefined && time > observed.time,
  );
  return { nextRotationTime, dueTime, isOverdue };
}

function handledOf(
  { application: { secretRequired } }: Desired,
  observed: Observed,
  { current, previous }: ClientSecretAccount,
  cause: Cause | undefined,
) {
  const isWaiting = previous !== undefined && cause === undefined;
  return {
    isRotateHandled: !secretRequired || isWaiting || !isAskedAnew(observed, current),
    isRevokeHandled: previous === undefined || !isAsked(observed.resource, 'revoke'),
  };
}
