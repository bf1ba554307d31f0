/**
 * What a pass proved → the fields of the status beside its conditions.
 *
 * @module
 */

import type { Condition, OAuthApplicationStatus } from '../api/application.ts';
import { accountForClientSecrets, alternatives, isAdopted } from './client-secrets.ts';
import { secretStanding } from './delivery.ts';
import { driftFacts } from './drift.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Observed } from './observed.ts';
import type { Pass } from './outcome.ts';
import { handledValue } from './requests.ts';
import { openOperationOf, type Resource } from './resource.ts';
import { isAnswered, rotationOf } from './rotation.ts';
import { applicationStanding } from './standing.ts';
import type { ClientSecret, Desired } from './state.ts';
import { toTimestamp } from './time.ts';

/** Fields of the status; `undefined` takes one away. */
export type Facts = { [K in keyof OAuthApplicationStatus]?: OAuthApplicationStatus[K] | undefined };

/** What every pass records: the request that it answers. */
export function recorded(resource: Resource): Facts {
  return { lastHandledReconcileAt: handledValue(resource, 'reconcile') };
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
    ...rotationFacts(desired, known),
    drift: driftFacts(desired, known),
    ...((settled || isDelivered(desired, known)) && operationFacts(resource, now)),
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

/** One that goes is named until it is gone: nothing else may be left to name it. */
function clientSecretFacts(desired: Desired, known: Observed): OAuthApplicationStatus['clientSecrets'] {
  const { current, previous } = accountForClientSecrets(desired, known);
  const served = current ?? rotationOf(desired, known).served;
  const overdue = rotationOf(desired, known).isOverdue ? (known.resource.status.clientSecrets ?? []) : [];
  const facts = [
    ...(served ? [served, ...alternatives(served, known)].map((each) => clientSecretFact(each, 'Current', known)) : []),
    ...(previous
      ? [{ ...clientSecretFact(previous, 'Previous', known), revokeAfter: toTimestamp(previous.revokeAfter) }]
      : []),
  ];
  return facts.length === 0 ? undefined : [...facts, ...overdue.filter(({ role }) => role === 'Previous')];
}

function clientSecretFact(secret: ClientSecret, role: ClientSecretFact['role'], known: Observed): ClientSecretFact {
  const { id, createTime } = secret;
  const before = known.resource.status.clientSecrets?.find((each) => each.id === id);
  const found = [known.value, known.previousValue].find((issued) => issued?.id === id);
  const fingerprint = found ? fingerprintOf(found.value) : before?.fingerprint;
  return {
    id,
    role,
    createTime: toTimestamp(createTime),
    ...(isAdopted(secret, known) && { provenance: 'Adopted' }),
    ...(fingerprint !== undefined && { fingerprint }),
  };
}

/** When the next client secret is issued, and which requests are answered. */
function rotationFacts(desired: Desired, known: Observed): Facts {
  const { nextRotationTime, isOverdue, isRotateHandled, isRevokeHandled } = rotationOf(desired, known);
  const { resource } = known;
  return {
    ...(!isOverdue && { nextRotationTime: nextRotationTime === undefined ? undefined : toTimestamp(nextRotationTime) }),
    ...(isRotateHandled && { lastHandledRotateAt: handledValue(resource, 'rotate') }),
    ...(isRevokeHandled && { lastHandledRevokeAt: handledValue(resource, 'revoke') }),
  };
}

/** Whether what the open intent was recorded for is served: that something else is left to do keeps nothing open. */
function isDelivered(desired: Desired, known: Observed): boolean {
  const { current } = accountForClientSecrets(desired, known);
  return isAnswered(known, current) && secretStanding(desired, known) === 'proven';
}

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
