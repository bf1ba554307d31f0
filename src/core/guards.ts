/**
 * What may stop a plan: filters that hold actions back, keep them, and say why.
 *
 * A guard never changes what was decided. What it holds back is shown to the user under its reason.
 *
 * @module
 */

import type { Reason } from '../api/conditions.ts';
import { accountForClientSecrets } from './client-secrets.ts';
import { secretStanding } from './delivery.ts';
import { contestedAbsence, uncorrectedDrift } from './drift.ts';
import { foreignApplication, uncertainApplication } from './foreign.ts';
import { missingApplication } from './missing.ts';
import type { Observed } from './observed.ts';
import type { Action } from './plan.ts';
import { explicitNameOf, isHeld, openOperationOf } from './resource.ts';
import { secretToFollow } from './restored.ts';
import { isAnswered, rotationOf } from './rotation.ts';
import { applicationStanding, attemptRemaining } from './standing.ts';
import type { Desired } from './state.ts';
import { allowedSkew } from './time.ts';

/** Actions that wait for something, and for what. */
export interface Held {
  readonly actions: readonly Action[];
  readonly reason: Reason;
  readonly message: string;
  /** Seconds after which time alone may lift the guard; such a wait is no stall. */
  readonly afterSeconds?: number;
}

/** A plan after the guards: what is done now, and what is held back. */
export interface Guarded {
  readonly allowed: readonly Action[];
  readonly held: readonly Held[];
}

/** Milliseconds since the epoch, and how far a registry's reads may lag behind its writes. */
export interface Moment {
  readonly now: number;
  readonly consistencyWindow: number;
}

/** Why something is held back; `undefined`: it is not. */
export type Verdict = Omit<Held, 'actions'> | undefined;

interface Guard {
  readonly holds: ReadonlySet<Action['kind']>;
  readonly verdict: (desired: Desired, observed: Observed, moment: Moment) => Verdict;
}

const everything = new Set<Action['kind']>([
  'HoldDeletion',
  'CreateApplication',
  'UpdateApplication',
  'TrySecret',
  'IssueClientSecret',
  'DeliverSecret',
  'RetireSecret',
  'DeleteClientSecret',
]);
const making = ['TrySecret', 'IssueClientSecret', 'DeliverSecret', 'RetireSecret'] as const;
const creation = new Set<Action['kind']>(['CreateApplication', ...making]);
const delivery = new Set<Action['kind']>([...making, 'DeleteClientSecret']);

/** In the order in which their reasons are shown: the first that holds an action back keeps it. */
const guards: readonly Guard[] = [
  { holds: everything, verdict: foreignApplication },
  { holds: everything, verdict: uncertainApplication },
  { holds: everything, verdict: foreignSecretAtAdoption },
  { holds: new Set([...creation, ...delivery]), verdict: foreignSecret },
  { holds: creation, verdict: contestedAbsence },
  { holds: creation, verdict: missingApplication },
  { holds: creation, verdict: unseenAttempt },
  { holds: creation, verdict: slowClock },
  { holds: new Set(['UpdateApplication']), verdict: uncorrectedDrift },
  { holds: delivery, verdict: secretToFollow },
  { holds: delivery, verdict: unusableReference },
  { holds: delivery, verdict: unsettledValue },
  { holds: delivery, verdict: noFreeSlot },
];

/** Divides a plan into what may be done and what is held back. */
export function guard(actions: readonly Action[], desired: Desired, observed: Observed, moment: Moment): Guarded {
  let allowed = actions;
  const held: Held[] = [];
  for (const { holds, verdict } of guards) {
    const stopped = allowed.filter(({ kind }) => holds.has(kind));
    const why = stopped.length === 0 ? undefined : verdict(desired, observed, moment);
    if (why === undefined) continue;
    allowed = allowed.filter(({ kind }) => !holds.has(kind));
    held.push({ ...why, actions: stopped });
  }
  return { allowed: withoutIdleIntent(allowed, desired, observed), held };
}

/** An intent whose call is held back is not recorded; an application that is there is bound and held all the same. */
function withoutIdleIntent(actions: readonly Action[], desired: Desired, observed: Observed): readonly Action[] {
  const acts = actions.some(({ kind }) => kind === 'CreateApplication' || kind === 'IssueClientSecret');
  if (acts) return actions;
  const open = openOperationOf(observed.resource);
  const standing = applicationStanding(desired, observed);
  const needsHold = standing === 'adoptable' || (standing === 'ours' && !isHeld(observed.resource));
  return actions.flatMap((action) => {
    if (action.kind !== 'HoldDeletion' || action.operation?.id === open?.id) return [action];
    return needsHold ? [{ ...action, operation: undefined }] : [];
  });
}

function foreignSecret(desired: Desired, observed: Observed): Verdict {
  const { name } = desired.secret;
  const { rival } = observed;
  if (secretStanding(desired, observed) === 'foreign') {
    const message = `the Secret ${name} exists and is not this resource's; delete it, or name another in spec.secret.name`;
    return { reason: 'SecretConflict', message };
  }
  if (rival === undefined) return undefined;
  return {
    reason: 'SecretConflict',
    message: `${rival} names the same Secret ${name} and comes first; name another in spec.secret.name`,
  };
}

/** Nothing of an application is touched before its credentials have a place. */
function foreignSecretAtAdoption(desired: Desired, observed: Observed): Verdict {
  return applicationStanding(desired, observed) === 'adoptable' ? foreignSecret(desired, observed) : undefined;
}

/** What an earlier attempt made may not be seen yet: until it can be, nothing is made in its place. */
function unseenAttempt(desired: Desired, observed: Observed, moment: Moment): Verdict {
  const { secretRequired } = desired.application;
  const { application, resource } = observed;
  const { now, consistencyWindow } = moment;
  const open = openOperationOf(resource);
  const isSeen = application !== undefined && (!secretRequired || isAnySeen(desired, observed));
  if (open === undefined || isSeen || consistencyWindow === 0 || open.startTime > now) return undefined;
  const left = attemptRemaining(open, now, consistencyWindow);
  if (left === 0) return undefined;
  const message = 'waits until the registry would show what an earlier attempt may have made';
  return { reason: 'CreationUncertain', message, afterSeconds: Math.ceil(left / 1_000) };
}

/** Whether what the open intent was recorded for is there: delivered, or not yet. */
function isAnySeen(desired: Desired, observed: Observed): boolean {
  const { current, lost } = accountForClientSecrets(desired, observed);
  return lost.length > 0 || isAnswered(observed, current);
}

/** Whatever bears an explicit name and looks older than its resource is taken for somebody else's, our own included. */
function slowClock({ application: { name } }: Desired, { application, resource }: Observed, { now }: Moment): Verdict {
  const behind = resource.creationTime - allowedSkew - now;
  if (application !== undefined || explicitNameOf(resource) === undefined || behind <= 0) return undefined;
  const seconds = Math.ceil((resource.creationTime - now) / 1_000);
  const message = `the controller's clock is ${seconds} seconds behind the API server's: an application ${name} that is created now would look older than this resource, and so not its own; set the clocks right`;
  // Nobody tells that a clock was set right.
  return { reason: 'ClockSkew', message, afterSeconds: Math.min(60, Math.ceil(behind / 1_000)) };
}

/** Another client secret is issued only where the spec names no value of one that is there. */
function unusableReference(_desired: Desired, { unusable, value }: Observed): Verdict {
  return unusable === undefined || value !== undefined ? undefined : { reason: 'SecretUnreadable', message: unusable };
}

/** A value that is not given may not be given yet: a read may show what was before the client secret was issued. */
function unsettledValue(desired: Desired, observed: Observed, { now, consistencyWindow }: Moment): Verdict {
  const { current } = accountForClientSecrets(desired, observed);
  if (current === undefined || rotationOf(desired, observed).issue !== 'lost') return undefined;
  const left = current.createTime + consistencyWindow - now;
  if (left <= 0 || left > consistencyWindow) return undefined;
  const message = `the registry does not give the value of client secret ${current.id}, which was issued just now; it is asked again before another is issued`;
  // A key may come a tenth early, and would ask for nothing.
  return { reason: 'SecretUnreadable', message, afterSeconds: Math.ceil(left / 900) };
}

/** Only where one must be issued: one that need not be waits, and the Secret is kept as it should be meanwhile. */
function noFreeSlot(desired: Desired, observed: Observed): Verdict {
  const { issue, obstacle } = rotationOf(desired, observed);
  return issue && obstacle;
}
