/**
 * What is said of an OAuthRegistry in its status.
 *
 * @module
 */

import { parseRegistryStatus } from '../api/parse.ts';
import type { OAuthRegistryStatus } from '../api/registry.ts';
import type { Key, RegistryResource } from '../cluster/cluster.ts';
import { type Claim, readyCondition } from '../core/conditions.ts';
import type { Failure } from '../core/outcome.ts';
import { isSame } from '../core/same.ts';
import { toTimestamp } from '../core/time.ts';
import type { OpenRegistry } from './registry-entry.ts';
import type { Survey } from './survey.ts';

/** A registry as one look found it. */
export interface LookedAt extends OpenRegistry {
  readonly survey: Survey;
}

/** Who has, or may have, an application in a registry. */
export interface Users {
  /** Resources with an application in it. */
  readonly applicationCount: number;
  /** Resources that are bound in it or have an open intent: what keeps one that is going from being deleted. */
  readonly bound: readonly Key[];
}

/** The status that follows from a look; `undefined` if nothing but the time of the last list differs from what is there. */
export function statusOf(
  resource: RegistryResource,
  look: LookedAt | Failure,
  users: Users,
  now: number,
): OAuthRegistryStatus | undefined {
  const before = parseRegistryStatus(resource.status);
  const status: OAuthRegistryStatus = {
    ...withoutEndpoints(before, look),
    ...('settings' in look && factsOf(look, users)),
    observedGeneration: resource.generation,
    conditions: [readyCondition(claimOf(resource, look, users), before.conditions ?? [], resource.generation, now)],
  };
  return isSame(told(status), told(before)) ? undefined : status;
}

/** What was known stays while a registry does not answer. */
function withoutEndpoints({ endpoints, ...status }: OAuthRegistryStatus, look: LookedAt | Failure) {
  return 'settings' in look || endpoints === undefined ? status : { ...status, endpoints };
}

function factsOf({ settings, survey }: LookedAt, { applicationCount }: Users): Partial<OAuthRegistryStatus> {
  return {
    ...(settings.endpoints && { endpoints: settings.endpoints }),
    accountID: settings.accountID,
    applicationCount,
    lastListTime: toTimestamp(survey.time),
    unclaimed: survey.unclaimed,
  };
}

function told({ lastListTime: _always, ...status }: OAuthRegistryStatus): Omit<OAuthRegistryStatus, 'lastListTime'> {
  return status;
}

/** As many users as a message names. */
const shownUsers = 10;

function claimOf({ isGoing }: RegistryResource, look: LookedAt | Failure, { bound }: Users): Claim {
  if (!isGoing) return 'reason' in look ? look : { reason: 'Succeeded', message: 'the registry answers' };
  const rest = bound.length - shownUsers;
  const named = [...bound.slice(0, shownUsers), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
  const message = `is being deleted, and is used by ${bound.length} OAuthApplications: ${named}; delete them, with spec.deletionPolicy Orphan where the application is to stay`;
  return { reason: 'DeletionBlocked', message };
}
