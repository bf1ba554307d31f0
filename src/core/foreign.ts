/**
 * Why an application that bears the name is not worked with, and what a person can do about it.
 *
 * @module
 */

import type { Verdict } from './guards.ts';
import { sameName } from './names.ts';
import type { Observed } from './observed.ts';
import { nameHeld } from './rivals.ts';
import { applicationStanding, isFree } from './standing.ts';
import type { Application, Desired, RegisteredApplication } from './state.ts';

/** One that is somebody else's, or that this resource may not have without saying so. */
export function foreignApplication(desired: Desired, observed: Observed): Verdict {
  const { application: found } = observed;
  if (found === undefined || applicationStanding(desired, observed) !== 'foreign') return undefined;
  if (isFree(desired, observed)) return { reason: 'AdoptionRequired', message: adoptionRequired(found) };
  return { reason: 'NameConflict', message: conflictWith(found, desired, observed) };
}

function adoptionRequired({ name, id }: RegisteredApplication): string {
  return `the account has an application ${name} (${id}) already; to take it over set spec.adoptionPolicy to AdoptOrCreate or AdoptOnly, and spec.driftPolicy to Report to see first what would change`;
}

function conflictWith(
  found: RegisteredApplication,
  desired: Desired,
  { resource, holder, provenance }: Observed,
): string {
  const { application: wanted } = desired;
  const { name, id } = found;
  if (!sameName(name, wanted.name))
    return `this resource is bound to the application ${name} (${id}), and its OAuthRegistry asks for the name ${wanted.name} now; create the OAuthRegistry with the former applicationNamePrefix`;
  if (kindOf(found) !== kindOf(wanted))
    return `the account has an application ${name} (${id}) that is ${kindOf(found)}, and this resource asks for ${kindOf(wanted)}, which cannot be changed; ask for what it is, or delete or rename it there`;
  if (holder !== undefined) return nameHeld(name, holder, resource).message;
  if (provenance === 'Adopted')
    return `no rule of the registry grants the adoption of ${name} (${id}) any more: it is neither written nor deleted; ask for the rule, or delete this resource, which leaves it behind`;
  return `the account has an application ${name} (${id}) that is not this resource's; delete or rename it there`;
}

function kindOf({ type, protocolVersion }: Application): string {
  return `${type} on OAuth ${protocolVersion}`;
}

/** One that appeared during our own attempt to create it: it may be ours, or somebody's who was quicker. */
export function uncertainApplication(desired: Desired, observed: Observed): Verdict {
  if (applicationStanding(desired, observed) !== 'uncertain') return undefined;
  const { name } = desired.application;
  const message = `an application ${name} (${observed.application?.id ?? ''}) appeared during our attempt to create it, but is not what we sent; compare it in the account, and delete it there if nobody needs it`;
  return { reason: 'CreationUncertain', message };
}
