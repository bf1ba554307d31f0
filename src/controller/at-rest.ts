/**
 * The pass over a resource of which all that is known without a call shows that nothing is to do.
 *
 * @module
 */

import type { Cluster } from '../cluster/cluster.ts';
import { isDriftLeft } from '../core/drift.ts';
import { guard } from '../core/guards.ts';
import type { Observed } from '../core/observed.ts';
import { plan } from '../core/plan.ts';
import { report } from '../core/report.ts';
import type { Resource } from '../core/resource.ts';
import type { Desired } from '../core/state.ts';
import { recordedClientSecrets } from './client-secrets.ts';
import type { Place } from './gather.ts';
import type { Listing } from './listing.ts';
import { type Outcome, outcomeOf, type Ports } from './pass.ts';
import type { OpenRegistry } from './registry-entry.ts';

/**
 * The outcome where nothing is to do and nothing new to tell; `undefined` where only a live look can say.
 *
 * No status is ever written by this: what it says was proven by calls.
 */
export function atRest(
  resource: Resource,
  desired: Desired,
  place: Pick<OpenRegistry, 'settings'> & Omit<Place, 'registry'>,
  { cluster, clock }: Pick<Ports, 'cluster' | 'clock'>,
): Outcome | undefined {
  const { settings } = place;
  const moment = { now: clock(), consistencyWindow: settings.consistencyWindow };
  const known = recall(resource, desired, place, cluster, moment.now);
  const left = known && plan(desired, known, { id: '', now: moment.now });
  if (known === undefined || left === undefined || !isDriftLeft(left, desired, known, moment)) return undefined;
  const { held } = guard(left, desired, known, moment);
  const pass = { desired, registry: settings, known, held, failure: undefined, settled: true };
  const outcome = outcomeOf(resource, report(pass, moment.now));
  return outcome.isNews ? undefined : outcome;
}

/** The application as it was last seen, and its Secret's metadata, where that is all there is to know. */
function recall(
  resource: Resource,
  { secret: wanted, binding: { provenance } }: Desired,
  { listing, known }: Omit<Place, 'registry'>,
  cluster: Cluster,
  time: number,
): Observed | undefined {
  const { applicationID, secretRef } = resource.status;
  const application = applicationID === undefined ? undefined : listing.get(applicationID);
  const [secret, ...renamed] = cluster.secrets(resource);
  const isNamed = secret?.name === wanted.name && secretRef?.name === wanted.name;
  if (application === undefined || !isNamed || renamed.length > 0) return undefined;
  if (listing.isLookDue(application.id)) return undefined;
  // Where the registry does not list client secrets, those count that were last seen, else those that are recorded.
  const clientSecrets =
    application.clientSecrets ?? listing.seenClientSecrets(application.id) ?? recordedClientSecrets(resource);
  const bound = { ...known, resource, time, application, provenance };
  return { ...bound, clientSecrets, value: undefined, secret, renamedSecrets: [], rival: undefined };
}

/** Takes note that the application may be anything by now. */
export function forget({ application }: Observed, listing: Listing): void {
  if (application) listing.note(application.id, undefined);
}

/**
 * Takes note of what a live look proved, as a list would show it: without the value of a new client secret, and without
 * client secrets that were not looked at.
 */
export function remember({ application, clientSecrets, areRecorded }: Observed, listing: Listing): void {
  if (application === undefined) return;
  const listed = clientSecrets.map(({ id, createTime }) => ({ id, createTime }));
  listing.note(application.id, areRecorded ? application : { ...application, clientSecrets: listed });
}

/** Takes note of an application that this very pass created, whatever became of the rest: a look may not find it yet. */
export function rememberCreated({ application, created }: Observed, listing: Listing): void {
  if (application && created !== undefined) listing.note(application.id, application);
}
