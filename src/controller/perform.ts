/**
 * Does what a plan says, one action at a time.
 *
 * @module
 */

import type { Cluster } from '../cluster/cluster.ts';
import { manifestOf, trialManifest } from '../core/delivery.ts';
import type { Observed } from '../core/observed.ts';
import type { Action } from '../core/plan.ts';
import type { RemovalAction } from '../core/removal.ts';
import type { Resource } from '../core/resource.ts';
import type { Desired, ObservedSecret, RegisteredApplication } from '../core/state.ts';
import type { Registry } from '../registry/registry.ts';

/** Where actions are carried out. */
export interface Doors {
  readonly cluster: Cluster;
  readonly registry: Registry;
}

type Delivery = Extract<Action, { kind: 'DeliverSecret' }>['how'];

/** Performs one action and returns what is known afterwards. Each case makes one call. */
export async function perform(action: Action, desired: Desired, known: Observed, doors: Doors): Promise<Observed> {
  const { cluster, registry } = doors;
  switch (action.kind) {
    case 'HoldDeletion':
      return { ...known, resource: await cluster.hold(known.resource, action.binding, action.operation) };
    case 'CreateApplication': {
      const application = await registry.create(action.application, action.operation);
      return { ...known, application, created: application.id, clientSecrets: [] };
    }
    case 'UpdateApplication':
      return { ...known, application: await registry.update(registered(known).id, action.changes) };
    case 'TrySecret': {
      const changed = action.how === 'patch' ? known.secret : undefined;
      await cluster.trySecret(known.resource, changed, trialManifest(desired, known, registered(known)));
      return known;
    }
    case 'IssueClientSecret': {
      const issued = await registry.issueClientSecret(registered(known).id, action.operation);
      const { value, previousValue = value } = known;
      return {
        ...known,
        clientSecrets: [...known.clientSecrets, issued],
        value: issued,
        issued: issued.id,
        previousValue,
      };
    }
    case 'DeliverSecret':
      return { ...known, secret: await deliver(action.how, desired, known, cluster) };
    case 'RetireSecret':
      await cluster.retireSecret(known.resource, action.secret);
      return { ...known, renamedSecrets: known.renamedSecrets.filter((secret) => secret !== action.secret) };
    case 'DeleteClientSecret':
      await registry.deleteClientSecret(registered(known).id, action.id);
      return { ...known, clientSecrets: known.clientSecrets.filter(({ id }) => id !== action.id) };
  }
}

/** Performs one step of a removal. */
export async function performRemoval(
  action: RemovalAction,
  resource: Resource,
  doors: Pick<Doors, 'cluster'> & Partial<Doors>,
): Promise<void> {
  const { cluster, registry } = doors;
  switch (action.kind) {
    case 'DeleteApplication':
      if (registry === undefined) throw new Error('bug: a removal deletes an application without a registry');
      return registry.delete(action.id);
    case 'DisownSecret':
      return cluster.disownSecret(resource, action.secret);
    case 'DeleteSecret':
      return cluster.deleteSecret(resource, action.secret);
    case 'ReleaseDeletion':
      return cluster.release(resource);
  }
}

/** The answer to the write is the read-back: the Secret as the API server holds it. */
function deliver(how: Delivery, desired: Desired, known: Observed, cluster: Cluster): Promise<ObservedSecret> {
  const { resource, secret } = known;
  const manifest = manifestOf(desired, known);
  if (manifest === undefined) throw new Error('bug: a plan delivers credentials before they are known');
  if (how === 'create') return cluster.createSecret(resource, manifest);
  if (how === 'patch' && secret !== undefined) return cluster.patchSecret(resource, secret, manifest);
  if (secret !== undefined && 'data' in secret) return cluster.replaceSecret(resource, secret, manifest);
  throw new Error(`bug: a plan would ${how} a Secret that was not read`);
}

function registered({ application }: Observed): RegisteredApplication {
  if (application === undefined) throw new Error('bug: a plan uses an application before it is created');
  return application;
}
