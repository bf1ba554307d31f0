/**
 * One pass over a resource that is being deleted: the same way as any pass, with nothing desired.
 *
 * @module
 */

import type { Cluster } from '../cluster/cluster.ts';
import { defaultDeletionPolicy, effectiveName } from '../core/desired.ts';
import type { Failure } from '../core/outcome.ts';
import { absenceDelay, planRemoval, type RemovalAction, wasEverBound } from '../core/removal.ts';
import { removalEvents, reportBlockedDeletion } from '../core/report.ts';
import {
  explicitNameOf,
  fieldAt,
  isHeld,
  type Resource,
  recordedProvenance,
  registryNameOf,
} from '../core/resource.ts';
import { boundStanding } from '../core/standing.ts';
import type { RegisteredApplication, SecretMetadata } from '../core/state.ts';
import { grantOf, mayAdopt, mayDelete } from './admission.ts';
import { failureOf } from './failures.ts';
import { findApplication } from './gather.ts';
import { type Outcome, type Ports, publish, tell, untouched } from './pass.ts';
import { performRemoval } from './perform.ts';
import type { OpenRegistry } from './registry-entry.ts';

const wayOut = 'to let go of the application without deleting it, set spec.deletionPolicy to Orphan';

/** What a removal has found in the registry. */
interface Finding {
  /** The application that goes too; `undefined` if there is none that is proven ours. */
  readonly application: RegisteredApplication | undefined;
  /** An application that bears the name and is not proven ours: it stays. */
  readonly stranger: RegisteredApplication | undefined;
  readonly open: OpenRegistry | undefined;
}

const nothing: Finding = { application: undefined, stranger: undefined, open: undefined };

/** Lets go of a resource; what stands in the way of that is said on it, with the way out. */
export async function remove(resource: Resource, ports: Ports): Promise<Outcome> {
  if (!isHeld(resource)) return untouched({ kind: 'rest' });
  const wanted = await deletionPolicy(resource, ports).catch(failureOf);
  if (typeof wanted === 'object') return block(resource, wanted, 'Delete', ports);
  const finding = wanted === 'Orphan' ? nothing : await find(resource, ports).catch(failureOf);
  if ('reason' in finding) return block(resource, finding, wanted, ports);

  const { cluster } = ports;
  const policy = isUnproven(resource, finding) ? 'Orphan' : wanted;
  const secrets = await findSecrets(resource, cluster);
  const actions = planRemoval({ resource, policy, application: finding.application, secrets });
  const failure = await carryOut(actions, resource, finding, ports);
  return failure ? block(resource, failure, policy, ports) : untouched({ kind: 'rest' });
}

/** The first failure ends it, and is returned. What was done until then is told even if another write came before ours. */
async function carryOut(
  actions: readonly RemovalAction[],
  resource: Resource,
  { open, stranger }: Finding,
  ports: Ports,
): Promise<Failure | undefined> {
  const { cluster, signal, did } = ports;
  const doors = open ? { cluster, registry: open.registry } : { cluster };
  const done: RemovalAction[] = [];
  try {
    for (const action of actions) {
      signal.throwIfAborted();
      const failure = await performRemoval(action, resource, doors).catch(failureOf);
      if (failure) return failure;
      done.push(action);
      did(action.kind);
    }
    return undefined;
  } finally {
    const isOver = done.length === actions.length;
    tell(resource, removalEvents(done, isOver ? stranger : undefined), ports);
  }
}

/** An application that only a rule makes ours, and none does, stays, and so do the credentials that lead to it. */
function isUnproven(resource: Resource, { stranger }: Finding): boolean {
  const needsRule = explicitNameOf(resource) !== undefined || recordedProvenance(resource) === 'Adopted';
  return stranger !== undefined && needsRule;
}

/**
 * The Secrets that our label leads to, and the recorded one, whose label somebody may have taken off. They are read live:
 * owner references that have gone since would leave a Secret behind.
 */
async function findSecrets(resource: Resource, cluster: Cluster): Promise<readonly SecretMetadata[]> {
  const recorded = resource.status.secretRef?.name;
  const labelled = cluster.secrets(resource).map(({ name }) => name);
  const names = new Set([...labelled, ...(recorded === undefined ? [] : [recorded])]);
  const found = await Promise.all([...names].map((name) => cluster.readSecret(resource, name)));
  return found.filter((secret) => secret !== undefined);
}

/**
 * The policy that holds now. The spec need not be valid any more; what cannot be read is no leave to destroy.
 *
 * When the CustomResourceDefinition or the controller's namespace goes, nobody asked for an application's deletion.
 */
async function deletionPolicy(resource: Resource, { cluster }: Ports): Promise<'Delete' | 'Orphan'> {
  const written = fieldAt(resource.spec, 'deletionPolicy');
  const policy =
    written === undefined
      ? defaultDeletionPolicy(recordedProvenance(resource))
      : written === 'Delete'
        ? 'Delete'
        : 'Orphan';
  return policy === 'Delete' && (await cluster.isUninstalling()) ? 'Orphan' : policy;
}

/** The application that is proven ours by a live read. What was never bound is not asked for. */
async function find(resource: Resource, { registries, cluster, clock }: Ports): Promise<Finding | Failure> {
  if (!wasEverBound(resource)) return nothing;
  const open = await registries.find(registryNameOf(resource));
  if ('reason' in open) return open;
  const { settings, registry, listing } = open;
  const binding = {
    registry: settings.name,
    accountID: settings.accountID,
    applicationName: effectiveName(resource, settings),
  };
  const application = await findApplication(resource, binding.applicationName, registry, listing);
  const grant = await grantOf(resource, open, cluster);
  const standing = boundStanding(binding, { application, resource, isAdoptionGranted: mayAdopt(resource, grant) });
  const delay = standing === 'absent' ? absenceDelay(resource, clock(), settings.consistencyWindow) : 0;
  if (delay > 0)
    return {
      reason: 'DeletionBlocked',
      message: 'waits until an attempt to create the application is over',
      afterSeconds: Math.ceil(delay / 1_000),
    };
  return standing === 'ours' && mayDelete(resource, open, grant, cluster)
    ? { application, stranger: undefined, open }
    : { application: undefined, stranger: application, open };
}

function block(resource: Resource, failure: Failure, policy: 'Delete' | 'Orphan', ports: Ports): Promise<Outcome> {
  const { reason, message, afterSeconds } = failure;
  const helps = policy === 'Delete' && reason !== 'DeletionBlocked' && reason !== 'InvalidSpec';
  const told = helps ? `${message}; ${wayOut}` : message;
  return publish(resource, reportBlockedDeletion(resource, told, afterSeconds, ports.clock()), ports, failure);
}
