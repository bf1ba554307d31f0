/**
 * An application that is not there: whether one is created, and what a person can do where none is.
 *
 * @module
 */

import { borneSince } from './conditions.ts';
import type { Moment, Verdict } from './guards.ts';
import type { Observed } from './observed.ts';
import { openOperationOf } from './resource.ts';
import type { Desired } from './state.ts';

/**
 * Why no application is created for now; `undefined`: one may be.
 *
 * With `AdoptOnly` none ever is. One that was there and is not any more is created again only once its absence was seen
 * twice, the consistency window apart, and not at all where drift is only reported.
 */
export function missingApplication(desired: Desired, observed: Observed, moment: Moment): Verdict {
  const { application, resource } = observed;
  const { name } = desired.application;
  const { applicationID } = resource.status;
  if (application !== undefined) return undefined;
  if (desired.adoptionPolicy === 'AdoptOnly') return missing(`${lost(name, applicationID)}; ${wayOut}`);
  if (applicationID === undefined || openOperationOf(resource)?.kind === 'CreateApplication') return undefined;
  if (desired.driftPolicy === 'Report')
    return missing(`${lost(name, applicationID)}; with driftPolicy Report it is not created again`);
  return untilConfirmed(lost(name, applicationID), observed, moment);
}

const wayOut =
  'with adoptionPolicy AdoptOnly none is created: create it in the account, or set spec.adoptionPolicy to AdoptOrCreate';

function lost(name: string, formerID: string | undefined): string {
  return formerID === undefined
    ? `the account has no application ${name}`
    : `the application ${name} (${formerID}) was deleted in the account`;
}

function missing(message: string): Verdict {
  return { reason: 'ApplicationMissing', message };
}

function untilConfirmed(gone: string, { resource }: Observed, { now, consistencyWindow }: Moment): Verdict {
  const seen = borneSince(resource.status.conditions, 'Registered', 'ApplicationMissing', now);
  const due = (seen ?? now) + Math.max(consistencyWindow, 1_000);
  if (seen !== undefined && now >= due) return undefined;
  const message = `${gone}; it is created again, with a new client ID, once a second look confirms it`;
  return { reason: 'ApplicationMissing', message, afterSeconds: Math.max(1, Math.ceil((due - now) / 1_000)) };
}
