/**
 * What a pass proved → the fields of the status beside its conditions.
 *
 * @module
 */

import type { Condition, OAuthApplicationStatus } from '../api/application.ts';
import { accountForClientSecrets, alternatives, isAdopted, servedClientSecret } from './client-secrets.ts';
import { secretStanding } from './delivery.ts';
import { differences } from './differences.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type Observed } from './observed.ts';
import type { Pass } from './outcome.ts';
import { openOperationOf, type Resource, reconcileRequestOf } from './resource.ts';
import { applicationStanding } from './standing.ts';
import type { ClientSecret, Desired } from './state.ts';
import { toTimestamp } from './time.ts';

/** Fields of the status; `undefined` takes one away. */
export type Facts = { [K in keyof OAuthApplicationStatus]?: OAuthApplicationStatus[K] | undefined };

/** What every pass records: the request that it answers. */
export function recorded(resource: Resource): Facts {
  return { lastHandledReconcileAt: reconcileRequestOf(resource) ?? resource.status.lastHandledReconcileAt };
}

/** What the status says of an application that was found to be ours; of any other nothing is claimed. */
export function factsOf(pass: Pass, now: number): Facts {
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

/** A Secret under a former name stays recorded until it is gone: its label may not lead to it any more. */
function secretFacts(desired: Desired, known: Observed): Facts {
  const { secret, renamedSecrets } = known;
  if (secret === undefined || secretStanding(desired, known) !== 'proven') return {};
  const { name, resourceVersion } = secret;
  return { ...(renamedSecrets.length === 0 && { secretRef: { name, resourceVersion } }), binding: { name } };
}

type ClientSecretFact = NonNullable<OAuthApplicationStatus['clientSecrets']>[number];

/** One that is not wanted any more is named until it is deleted: nothing else may be left to name it. */
function clientSecretFacts(desired: Desired, known: Observed): OAuthApplicationStatus['clientSecrets'] {
  const current = servedClientSecret(desired, known) ?? accountForClientSecrets(known).current;
  if (current === undefined) return undefined;
  const before = known.resource.status.clientSecrets?.find(({ id }) => id === current.id);
  const value = known.value?.id === current.id ? known.value.value : undefined;
  const fingerprint = value ? fingerprintOf(value) : before?.fingerprint;
  const [served, ...others] = [current, ...alternatives(current, known)].map((secret) =>
    clientSecretFact(secret, known),
  );
  return served && [{ ...served, ...(fingerprint !== undefined && { fingerprint }) }, ...others];
}

function clientSecretFact(secret: ClientSecret, known: Observed): ClientSecretFact {
  const createTime = toTimestamp(secret.createTime);
  return { id: secret.id, role: 'Current', createTime, ...(isAdopted(secret, known) && { provenance: 'Adopted' }) };
}

function driftFacts({ desired: wanted, known: { application } }: Pass): OAuthApplicationStatus['drift'] {
  if (wanted.driftPolicy !== 'Report' || application === undefined) return undefined;
  const drift = differences(wanted.application, application);
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

/** The old status with new facts and conditions; a fact that is `undefined` goes. */
export function statusWith(resource: Resource, facts: Facts, conditions: Condition[]): OAuthApplicationStatus {
  const status: Record<string, unknown> = { ...resource.status };
  for (const [name, value] of Object.entries({ ...facts, observedGeneration: resource.generation, conditions })) {
    if (value === undefined) delete status[name];
    else status[name] = value;
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the old status was checked when it was read, and what is new is ours
  return status as OAuthApplicationStatus;
}
