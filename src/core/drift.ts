/**
 * Drift: what somebody else changed in the account, and whether it is set right.
 *
 * @module
 */

import type { OAuthApplicationStatus } from '../api/application.ts';
import { borneSince } from './conditions.ts';
import { differences } from './differences.ts';
import type { Moment, Verdict } from './guards.ts';
import type { Observed } from './observed.ts';
import type { Action } from './plan.ts';
import type { Resource } from './resource.ts';
import { shortened } from './shorten.ts';
import type { Desired } from './state.ts';

/** How often within {@link contestedPeriod} drift is set right: whoever changes it back as often is no accident. */
const mostCorrections = 6;

/** Milliseconds for which corrections count, and for which a contested application is left alone. */
export const contestedPeriod = 3_600_000;

/** Whether an action sets right what somebody else did, and is not what the spec asks for anew. */
export function isCorrection({ kind }: Action, { status, generation }: Resource): boolean {
  if (kind === 'CreateApplication') return status.applicationID !== undefined;
  return kind === 'UpdateApplication' && status.observedGeneration === generation;
}

/** Why the fields of an application that exists are not written. */
export function uncorrectedDrift(desired: Desired, observed: Observed, moment: Moment): Verdict {
  if (desired.driftPolicy === 'Report')
    return {
      reason: 'DriftDetected',
      message: 'the application differs from the spec, and driftPolicy Report leaves it so; see status.drift',
    };
  const { application } = observed;
  if (application === undefined || !isContested(observed, moment)) return undefined;
  const fields = differences(desired.application, application).map(({ field }) => field);
  return contested(`${fields.join(', ')} of the application ${application.name} changed again and again`);
}

/** Why an application that is deleted again and again is not created another time. */
export function contestedAbsence({ application: { name } }: Desired, observed: Observed, moment: Moment): Verdict {
  const { application, resource } = observed;
  const isGone = application === undefined && resource.status.applicationID !== undefined;
  if (!isGone || !isContested(observed, moment)) return undefined;
  return contested(`the application ${name} was deleted again and again`);
}

function contested(what: string): Verdict {
  const message = `${what}: it was set right ${mostCorrections} times within an hour, and is left alone for an hour, or until the spec changes; find out who else writes it in the account`;
  return { reason: 'DriftContested', message };
}

/** The condition keeps over a restart what the count in memory does not; see `docs/decisions/0060-contested-drift.md`. */
function isContested({ resource, corrections = 0 }: Observed, { now }: Moment): boolean {
  const { conditions } = resource.status;
  const told = conditions?.find(({ type }) => type === 'Registered');
  const since = borneSince(conditions, 'Registered', 'DriftContested', now);
  const isTold = since !== undefined && told?.observedGeneration === resource.generation;
  return corrections >= mostCorrections || (isTold && now < since + contestedPeriod);
}

/** Whether all that a plan would still do is to set right what is left alone. */
export function isDriftLeft(plan: readonly Action[], desired: Desired, observed: Observed, moment: Moment): boolean {
  if (plan.length === 0) return true;
  const isDrift = plan.every(({ kind }) => kind === 'UpdateApplication');
  return isDrift && uncorrectedDrift(desired, observed, moment) !== undefined;
}

/** Characters of a value that the status shows; the schema's limit. */
const longestShown = 4_096;

/** What the status says of the differences that are left. */
export function driftFacts(
  { application: wanted }: Desired,
  { application }: Observed,
): OAuthApplicationStatus['drift'] {
  const left = application === undefined ? [] : differences(wanted, application);
  const shown = left.map(({ field, desired, observed }) => ({
    field,
    desired: shortened(desired, longestShown),
    observed: shortened(observed, longestShown),
  }));
  return shown.length === 0 ? undefined : shown;
}
